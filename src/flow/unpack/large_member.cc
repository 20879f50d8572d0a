#include "flow/unpack/large_member.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "base/digest.h"
#include "base/fault_point.h"
#include "flow/set/read_ahead.h"
#include "flow/unpack/batch.h"
#include "flow/unpack/piece_window.h"
#include "flow/unpack/read_twice.h"
#include "flow/unpack/uploads.h"
#include "store/side_by_side.h"

namespace haul::unpack {
namespace {

class LargeMember {
  public:
    LargeMember(Work& work, engine::Context& context, const std::string& archive, digest::Algorithm algorithm,
                const Item& item, engine::SpaceHold& hold)
        : work_(work),
          context_(context),
          archive_(archive),
          item_(item),
          hold_(hold),
          source_(work.archives.store->capabilities()),
          streaming_(streaming_of(work.shares, source_, work.can, item.size)),
          hasher_(algorithm) {}

    // Writes the item under `name`. Nothing of it stays where this fails.
    Status write(const std::string& name, const store::Condition& condition) {
        TRY(work_.claim.check_if_stale());
        const std::int64_t unit = context_.lease.ref.unit;
        store::UploadRequest request;
        request.name = name;
        request.size = item_.size;
        request.attributes = attributes_of(work_, item_);
        request.condition = condition;
        request.scratch = work_.scratch(unit, "large");
        request.sparse = true;
        const UploadNote note = TRY(UploadNote::begin(work_, unit, name));
        FAULT_POINT("unpack.large.before_upload");
        upload_ = TRY(work_.destination.open_upload(request));
        TRY(note.begun(upload_->id()));
        Status done = stream();
        if (done) done = finish();
        if (done) return note.over();
        work_.bytes_done -= written_;
        // The first error is the one to tell; what could not be removed is swept at the next start.
        Status gone = upload_->abort();
        if (gone) gone = note.over();
        if (!gone) work_.hub.note(report::Level::warning, gone.error().message(), name);
        return done;
    }

  private:
    // A folder takes pieces from where they were read; a service several at once.
    Status stream() {
        if (store::is_service(work_.can))
            window_.emplace(*upload_, streaming_.piece, streaming_.slots, work_.shutdown.stop());
        TRY(item_.foreign == nullptr ? stream_stored(item_.begin, item_.end, {}) : stream_foreign());
        if (!window_) return {};
        TRY(window_->end());
        crc_ = window_->crc32();
        pieces_ = window_->pieces();
        return {};
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
        const auto hand_on = [&](std::span<const std::byte> bytes) -> Status {
            TRY(context_.check_stop());
            return through ? through(bytes) : take(bytes);
        };
        return set::read_ahead(*work_.archives.store, archive_, {}, end - begin,
                               {streaming_.read, streaming_.reads, begin}, hand_on, work_.shutdown.stop());
    }

    Status take(std::span<const std::byte> bytes) {
        hasher_.update(bytes);
        TRY(window_ ? window_->write(bytes) : put(bytes));
        written_ += bytes.size();
        hold_.written(bytes.size());
        work_.count(0, bytes.size());
        return {};
    }

    Status put(std::span<const std::byte> bytes) {
        store::Piece piece;
        piece.number = ++pieces_;
        piece.offset = written_;
        piece.bytes = bytes;
        piece.crc32 = digest::crc32(0, bytes);
        crc_ = digest::crc32_combine(crc_, piece.crc32, bytes.size());
        upload_->put_many({&piece, 1}, work_.shutdown.stop());
        return std::move(piece.result);
    }

    Status finish() {
        TRY(check_contents(item_, crc_, hasher_.finish()));
        TRY(work_.claim.check_if_stale());
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
    store::Capabilities source_;
    Streaming streaming_;
    digest::Hasher hasher_;
    std::unique_ptr<store::Upload> upload_;
    std::uint32_t crc_ = 0, pieces_ = 0;
    std::uint64_t written_ = 0;
    std::optional<PieceWindow> window_;  // gone before the upload is
};

}  // namespace

Status unpack_large(Work& work, engine::Context& context, const std::string& archive,
                    digest::Algorithm algorithm, const Item& item, OwnPaths& own, OutcomeLog& log,
                    engine::SpaceHold& hold) {
    const std::string name = placed_name(work, item);
    const auto decided = look_before_writing(work, own, item, name);
    if (!decided) return log.failed_alone(item.path, decided.error());
    if (decided->decision != Decision::write) {
        tell(work, *decided, item, name, log);
        return {};
    }
    TRY(own.announce(0, {name}));
    Status written = read_twice(work, item.path, [&](bool /*again*/) {
        return LargeMember(work, context, archive, algorithm, item, hold).write(name, decided->condition);
    });
    if (written) {
        log.done(item);
        return {};
    }
    if (written.error().code != Code::exists) return log.failed_alone(item.path, std::move(written).error());
    // It came there meanwhile.
    const auto judged = after_collision(work, own, item, name);
    if (!judged) return log.failed_alone(item.path, judged.error());
    tell(work, *judged, item, name, log);
    return {};
}

}  // namespace haul::unpack
