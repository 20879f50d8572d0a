#include "flow/unpack/batch.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/digest.h"
#include "base/fault_point.h"
#include "flow/set/read_range.h"
#include "flow/unpack/read_twice.h"
#include "flow/unpack/room.h"
#include "store/side_by_side.h"

namespace haul::unpack {
namespace {

constexpr std::uint64_t kWidestGap = 1ULL << 20U;  // unwanted bytes between two members that are read along
constexpr std::size_t kMostItems = 4096;

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
    : work_(work), archive_(std::move(archive)), algorithm_(algorithm), own_(own), log_(log), unit_(unit) {}

bool Batch::takes(const Item& item) const {
    if (items_.empty()) return true;
    const std::uint64_t most = work_.shares.batch;
    return items_.size() < kMostItems && item.begin >= items_.back().end &&
           item.end - items_.front().begin <= most && item.begin <= items_.back().end + kWidestGap &&
           contents_size_ + item.size <= most;
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

void Batch::read_ahead() {
    reader_ = std::jthread([this] { read_result_ = read(); });
}

Status Batch::write(std::size_t first, bool look) {
    if (items_.empty()) return {};
    const bool begun = reader_.joinable();
    if (begun) reader_.join();
    Status got = begun ? std::move(read_result_) : read();
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

void Batch::release() {
    bytes_ = {};
    inflated_ = {};
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
    return settle_all();
}

Status Batch::read() {
    const std::uint64_t begin = items_.front().begin;
    bytes_.resize(static_cast<std::size_t>(items_.back().end - begin));
    return set::read_range(*work_.archives.store, archive_, begin, bytes_, work_.shutdown.stop());
}

Status Batch::plan_writes(bool look) {
    writes_.clear();
    write_item_.clear();
    inflated_.clear();
    for (std::size_t i = 0; i < items_.size(); ++i) {
        const auto bytes = read_twice(work_, items_[i].path, [&](bool again) {
            return again ? contents_read_again(items_[i]) : contents(items_[i]);
        });
        if (bytes) {
            plan(i, *bytes);
        } else {
            TRY(log_.failed_alone(items_[i].path, bytes.error()));
        }
    }
    return keep_what_is_to_be_written(look || work_.meets_existing);
}

void Batch::plan(std::size_t item, std::span<const std::byte> bytes) {
    store::Write write;
    write.name = placed_name(work_, items_[item]);
    write.bytes = bytes;
    write.attributes = attributes_of(work_, items_[item]);
    writes_.push_back(std::move(write));
    write_item_.push_back(item);
}

std::vector<Result<Existing>> Batch::look_at_planned(bool look) {
    std::vector<Result<Existing>> found(writes_.size());
    store::side_by_side(writes_.size(), store::calls_at_once(work_.can), [&](std::size_t i) {
        const Item& item = items_[write_item_[i]];
        const std::string& name = writes_[i].name;
        found[i] =
            look ? look_before_writing(work_, own_, item, name) : before_writing(work_, own_, item, name);
    });
    return found;
}

Status Batch::keep_what_is_to_be_written(bool look) {
    const std::vector<Result<Existing>> found = look_at_planned(look);
    bool met = false;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < writes_.size(); ++i) {
        const Item& item = items_[write_item_[i]];
        if (!found[i]) {
            TRY(log_.failed_alone(item.path, found[i].error()));
            continue;
        }
        if (found[i]->decision != Decision::write) {
            met = true;
            tell(work_, *found[i], item, writes_[i].name, log_);
            continue;
        }
        writes_[i].condition = found[i]->condition;
        if (kept != i) writes_[kept] = std::move(writes_[i]);
        write_item_[kept++] = write_item_[i];
    }
    writes_.resize(kept);
    write_item_.resize(kept);
    if (look && !met) work_.meets_existing = false;
    return {};
}

std::span<std::byte> Batch::stretch_of(const Item& item) {
    return std::span(bytes_).subspan(item.begin - items_.front().begin, item.end - item.begin);
}

Result<std::span<const std::byte>> Batch::contents_read_again(const Item& item) {
    TRY(set::read_range(*work_.archives.store, archive_, item.begin, stretch_of(item),
                        work_.shutdown.stop()));
    return contents(item);
}

// The item's contents, checked; a view of what was read, or of what was inflated from it.
Result<std::span<const std::byte>> Batch::contents(const Item& item) {
    const std::span<const std::byte> stretch = stretch_of(item);
    if (item.foreign == nullptr) {
        TRY(check_contents(item, digest::crc32(0, stretch), digest::of(algorithm_, stretch)));
        return stretch;
    }
    std::uint64_t needed = 0;
    const auto header = zip::check_local_header(*item.foreign, stretch, archive_, needed);
    const bool too_long = header ? *header + item.foreign->compressed_size > stretch.size()
                                 : header.error().code == Code::not_found;
    if (too_long) return failure(Code::corrupt, "unpack", item.path, "its data reach into the next member");
    if (!header) return failure(header.error());
    const auto stored = stretch.subspan(*header, item.foreign->compressed_size);
    std::vector<std::byte> out;
    out.reserve(item.size);
    zip::Extractor extractor(*item.foreign, archive_);
    const auto sink = [&](std::span<const std::byte> bytes) -> Status {
        out.insert(out.end(), bytes.begin(), bytes.end());
        return {};
    };
    TRY(extractor.write(stored, sink));
    TRY(extractor.end(sink));
    return std::span<const std::byte>(inflated_.emplace_back(std::move(out)));
}

Status Batch::settle_all() {
    const auto met = [this](std::size_t i) {
        return !writes_[i].result.has_value() && writes_[i].result.error().code == Code::exists;
    };
    std::vector<Result<Existing>> judged(writes_.size());
    store::side_by_side(writes_.size(), store::calls_at_once(work_.can), [&](std::size_t i) {
        if (met(i)) judged[i] = after_collision(work_, own_, items_[write_item_[i]], writes_[i].name);
    });
    for (std::size_t i = 0; i < writes_.size(); ++i) {
        const Item& item = items_[write_item_[i]];
        if (writes_[i].result.has_value()) {
            log_.done(item);
            work_.count(1, item.size);
        } else if (!met(i)) {
            TRY(log_.failed_alone(item.path, std::move(writes_[i].result).error()));
        } else {
            work_.meets_existing = true;
            if (!judged[i]) {
                TRY(log_.failed_alone(item.path, judged[i].error()));
            } else {
                tell(work_, *judged[i], item, writes_[i].name, log_);
            }
        }
    }
    return {};
}

}  // namespace haul::unpack
