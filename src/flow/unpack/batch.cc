#include "flow/unpack/batch.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/digest.h"
#include "base/fault_point.h"
#include "flow/unpack/room.h"

namespace haul::unpack {
namespace {

constexpr std::uint64_t kMostBytes = 32ULL << 20U;  // more is no faster
constexpr std::uint64_t kWidestGap = 1ULL << 20U;   // unwanted bytes between two members that are read along
constexpr std::size_t kMostItems = 4096;
constexpr std::uint64_t kReadPiece = 4ULL << 20U;

}  // namespace

Status check_contents(const Item& item, std::uint32_t crc32, const std::string& digest) {
    if (item.crc32 && *item.crc32 != crc32) {
        return failure(
            Code::corrupt, "unpack", item.path,
            fmt::format("its contents' CRC-32 is {:08x}, it should be {:08x}", crc32, *item.crc32));
    }
    if (!item.digest.empty() && item.digest != digest) {
        return failure(Code::corrupt, "unpack", item.path, "its contents' digest is not the manifest's");
    }
    return {};
}

Batch::Batch(Work& work, std::string archive, digest::Algorithm algorithm, OwnPaths& own, OutcomeLog& log,
             std::int64_t unit)
    : work_(work),
      archive_(std::move(archive)),
      algorithm_(algorithm),
      own_(own),
      log_(log),
      unit_(unit),
      most_bytes_(batch_bytes(work.request)) {}

std::uint64_t batch_bytes(const Request& request) {
    return std::clamp(engine::Memory(request.memory).for_work() / 8, kSmall, kMostBytes);
}

bool Batch::takes(const Item& item) const {
    if (items_.empty()) return true;
    return items_.size() < kMostItems && item.begin >= items_.back().end &&
           item.end - items_.front().begin <= most_bytes_ && item.begin <= items_.back().end + kWidestGap &&
           contents_size_ + item.size <= most_bytes_;
}

void Batch::add(Item item) {
    contents_size_ += item.size;
    items_.push_back(std::move(item));
}

std::uint64_t Batch::disk_size() const {
    std::uint64_t bytes = 0;
    for (const Item& item : items_) bytes += unpack::disk_size(item.size);
    return bytes;
}

Status Batch::write(std::size_t first, bool look) {
    if (items_.empty()) return {};
    Status got = read();
    if (!got && got.error().code != Code::denied) return got;
    if (got) {
        TRY(put(first, look));
    } else {
        // Of the source: no outage of the destination, which the engine would wait for.
        for (const Item& item : items_) log_.failed(item.path, got.error());
    }
    items_.clear();
    contents_size_ = 0;
    return {};
}

Status Batch::put(std::size_t first, bool look) {
    TRY(plan_writes(look));
    std::vector<std::string> paths;
    paths.reserve(writes_.size());
    for (const store::Write& write : writes_) paths.push_back(write.name);
    TRY(own_.announce(first, paths));
    TRY(work_.claim.check_if_stale());
    FAULT_POINT("unpack.batch.before_write");
    work_.destination.write_many(writes_, {work_.scratch(unit_, "file")}, work_.shutdown.stop());
    FAULT_POINT("unpack.batch.after_write");
    for (std::size_t i = 0; i < writes_.size(); ++i) TRY(settle(items_[write_item_[i]], writes_[i]));
    return {};
}

// The whole stretch at once, in pieces that the store may read side by side.
Status Batch::read() {
    const std::uint64_t begin = items_.front().begin;
    bytes_.resize(static_cast<std::size_t>(items_.back().end - begin));
    std::vector<store::Read> reads;
    for (std::uint64_t at = 0; at < bytes_.size(); at += kReadPiece) {
        store::Read read;
        read.name = archive_;
        read.offset = begin + at;
        read.into = std::span(bytes_).subspan(at, std::min<std::uint64_t>(kReadPiece, bytes_.size() - at));
        reads.push_back(std::move(read));
    }
    work_.archives.store->read_many(reads, work_.shutdown.stop());
    for (store::Read& read : reads) TRY(std::move(read.result));
    return {};
}

Status Batch::plan_writes(bool look) {
    writes_.clear();
    write_item_.clear();
    inflated_.clear();
    look = look || work_.meets_existing;
    bool met = false;
    for (std::size_t i = 0; i < items_.size(); ++i) {
        const Item& item = items_[i];
        auto bytes = contents(item);
        if (!bytes) {
            log_.failed(item.path, std::move(bytes).error());
            continue;
        }
        const std::string name = placed_name(work_.request, item);
        const auto existing =
            look ? look_before_writing(work_, own_, item, name) : before_writing(work_, own_, item, name);
        if (!existing) {
            TRY(log_.failed_alone(item.path, existing.error()));
            continue;
        }
        if (existing->decision != Decision::write) {
            met = true;
            apply(*existing, item, name);
            continue;
        }
        store::Write write;
        write.name = name;
        write.bytes = *bytes;
        write.attributes = attributes_of(work_.request, item);
        write.condition = existing->condition;
        writes_.push_back(std::move(write));
        write_item_.push_back(i);
    }
    if (look && !met) work_.meets_existing = false;
    return {};
}

// The item's contents, checked; a view of what was read, or of what was inflated from it.
Result<std::span<const std::byte>> Batch::contents(const Item& item) {
    const auto stretch =
        std::span<const std::byte>(bytes_).subspan(item.begin - items_.front().begin, item.end - item.begin);
    if (item.foreign == nullptr) {
        TRY(check_contents(item, digest::crc32(0, stretch), digest::of(algorithm_, stretch)));
        return stretch;
    }
    std::uint64_t needed = 0;
    const std::uint64_t header = TRY(zip::check_local_header(*item.foreign, stretch, archive_, needed));
    if (header + item.foreign->compressed_size > stretch.size()) {
        return failure(Code::corrupt, "unpack", item.path, "its data reach into the next member");
    }
    const auto stored = stretch.subspan(header, item.foreign->compressed_size);
    std::vector<std::byte>& out = inflated_.emplace_back();
    out.reserve(item.size);
    zip::Extractor extractor(*item.foreign, archive_);
    const auto sink = [&](std::span<const std::byte> bytes) -> Status {
        out.insert(out.end(), bytes.begin(), bytes.end());
        return {};
    };
    TRY(extractor.write(stored, sink));
    TRY(extractor.end(sink));
    return std::span<const std::byte>(out);
}

Status Batch::settle(const Item& item, store::Write& write) {
    if (write.result.has_value()) {
        log_.done(item);
        work_.count(1, item.size);
        return {};
    }
    if (write.result.error().code == Code::exists) {
        work_.meets_existing = true;
        const auto existing = after_collision(work_, own_, item, write.name);
        if (!existing) return log_.failed_alone(item.path, existing.error());
        apply(*existing, item, write.name);
        return {};
    }
    return log_.failed_alone(item.path, std::move(write.result).error());
}

void Batch::apply(const Existing& existing, const Item& item, const std::string& name) {
    switch (existing.decision) {
        case Decision::write:
            break;
        case Decision::done:
            log_.done(item);
            work_.count(1, item.size);
            break;
        case Decision::skip:
            log_.skipped(item.path, existing.why);
            break;
        case Decision::fail:
            log_.failed(item.path,
                        make_error(Code::exists, "unpack", name, existing.why)
                            .with_remedy("remove it, unpack elsewhere, or give --if-exists=overwrite"));
            break;
    }
}

}  // namespace haul::unpack
