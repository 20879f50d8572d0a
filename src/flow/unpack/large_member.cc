#include "flow/unpack/large_member.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "base/fault_point.h"
#include "flow/unpack/batch.h"

namespace haul::unpack {
namespace {

constexpr std::uint64_t kPiece = 8ULL << 20U;

class LargeMember {
  public:
    LargeMember(Work& work, engine::Context& context, const std::string& archive, digest::Algorithm algorithm,
                const Item& item, engine::SpaceHold& hold)
        : work_(work), context_(context), archive_(archive), item_(item), hold_(hold), hasher_(algorithm) {}

    // Writes the item under `name`. Nothing of it stays where this fails.
    Status write(const std::string& name, const store::Condition& condition) {
        TRY(work_.claim.check_if_stale());
        store::UploadRequest request;
        request.name = name;
        request.size = item_.size;
        request.attributes = attributes_of(work_.request, item_);
        request.condition = condition;
        request.scratch = work_.scratch(context_.lease.ref.unit, "large");
        request.sparse = true;
        upload_ = TRY(work_.destination.open_upload(request));
        Status done = stream();
        if (done) done = finish();
        if (!done) {
            // The first error is the one to tell; what could not be removed is swept at the next start.
            if (Status gone = upload_->abort(); !gone)
                work_.hub.note(report::Level::warning, gone.error().message(), name);
        }
        return done;
    }

  private:
    Status stream() {
        return item_.foreign == nullptr ? stream_stored(item_.begin, item_.end, {}) : stream_foreign();
    }

    Status stream_foreign() {
        ArchiveSource source = TRY(ArchiveSource::open(*work_.archives.store, archive_));
        const std::uint64_t data = TRY(zip::locate_data(source, *item_.foreign));
        zip::Extractor extractor(*item_.foreign, archive_);
        const auto sink = [this](std::span<const std::byte> bytes) { return take(bytes); };
        TRY(stream_stored(data, data + item_.foreign->compressed_size,
                          [&](std::span<const std::byte> bytes) { return extractor.write(bytes, sink); }));
        return extractor.end(sink);
    }

    // Reads [begin, end) of the archive; hands the bytes on, to take() where `through` is empty.
    Status stream_stored(std::uint64_t begin, std::uint64_t end, const zip::Extractor::Sink& through) {
        std::vector<std::byte> buffer(static_cast<std::size_t>(std::min(kPiece, end - begin)));
        for (std::uint64_t at = begin; at < end;) {
            TRY(context_.check_stop());
            store::Read read;
            read.name = archive_;
            read.offset = at;
            read.into = std::span(buffer).first(
                static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), end - at)));
            work_.archives.store->read_many({&read, 1}, work_.shutdown.stop());
            TRY(std::move(read.result));
            TRY(through ? through(read.into) : take(read.into));
            at += read.into.size();
        }
        return {};
    }

    Status take(std::span<const std::byte> bytes) {
        crc_ = digest::crc32(crc_, bytes);
        hasher_.update(bytes);
        store::Piece piece;
        piece.number = ++pieces_;
        piece.offset = written_;
        piece.bytes = bytes;
        piece.crc32 = digest::crc32(0, bytes);
        upload_->put_many({&piece, 1}, work_.shutdown.stop());
        TRY(std::move(piece.result));
        written_ += bytes.size();
        hold_.written(bytes.size());
        work_.count(0, bytes.size());
        return {};
    }

    Status finish() {
        TRY(check_contents(item_, crc_, hasher_.finish()));
        FAULT_POINT("unpack.large.before_finish");
        TRY(upload_->finish({written_, crc_, pieces_}));
        FAULT_POINT("unpack.large.after_finish");
        work_.count(1, 0);
        return {};
    }

    Work& work_;
    engine::Context& context_;
    const std::string& archive_;
    const Item& item_;
    engine::SpaceHold& hold_;
    digest::Hasher hasher_;
    std::unique_ptr<store::Upload> upload_;
    std::uint32_t crc_ = 0, pieces_ = 0;
    std::uint64_t written_ = 0;
};

}  // namespace

Status unpack_large(Work& work, engine::Context& context, const std::string& archive,
                    digest::Algorithm algorithm, const Item& item, OwnPaths& own, OutcomeLog& log,
                    engine::SpaceHold& hold) {
    const std::string name = placed_name(work.request, item);
    const auto decided = look_before_writing(work, own, item, name);
    if (!decided) return log.failed_alone(item.path, decided.error());
    const Existing& existing = *decided;
    if (existing.decision == Decision::write) {
        TRY(own.announce(0, {name}));
        Status written =
            LargeMember(work, context, archive, algorithm, item, hold).write(name, existing.condition);
        if (!written) return log.failed_alone(item.path, std::move(written).error());
        log.done(item);
        return {};
    }
    if (existing.decision == Decision::done) {
        log.done(item);
        work.count(1, item.size);
    } else if (existing.decision == Decision::skip) {
        log.skipped(item.path, existing.why);
    } else {
        log.failed(item.path, make_error(Code::exists, "unpack", name, existing.why)
                                  .with_remedy("remove it, unpack elsewhere, or give --if-exists=overwrite"));
    }
    return {};
}

}  // namespace haul::unpack
