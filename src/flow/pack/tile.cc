#include "flow/pack/tile.h"

#include <algorithm>
#include <utility>

namespace haul::pack {

BufferPool::BufferPool(std::size_t buffers, std::size_t size) : size_(size) {
    for (std::size_t i = 0; i < buffers; ++i) {
        owned_.push_back(std::make_unique_for_overwrite<std::byte[]>(size));
        free_.push_back(owned_.back().get());
    }
}

std::byte* BufferPool::take(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait(lock, stop, [&] { return !free_.empty(); })) return nullptr;
    // Last in, first out: the buffer that is still warm in the cache.
    std::byte* buffer = free_.back();
    free_.pop_back();
    return buffer;
}

void BufferPool::give_back(std::byte* buffer) {
    {
        const std::scoped_lock lock(mutex_);
        free_.push_back(buffer);
    }
    changed_.notify_one();
}

Buffer& Buffer::operator=(Buffer&& other) noexcept {
    if (this != &other) {
        reset();
        pool_ = other.pool_;
        bytes_ = std::exchange(other.bytes_, nullptr);
    }
    return *this;
}

void Buffer::reset() {
    if (bytes_ != nullptr) pool_->give_back(std::exchange(bytes_, nullptr));
}

std::span<std::byte> stretch(const Tile& tile, std::uint64_t begin, std::uint64_t end) {
    begin = std::max(begin, tile.begin);
    end = std::min(end, tile.end);
    if (begin >= end) return {};
    return tile.bytes().subspan(static_cast<std::size_t>(begin - tile.begin),
                                static_cast<std::size_t>(end - begin));
}

void plan_reads(const format::MemberTable& table, std::size_t finished, Tile& tile) {
    const zip::Layout& layout = table.layout();
    tile.reads.clear();
    tile.first_entry = layout.member_at(tile.begin);
    std::size_t entry = tile.first_entry;
    for (; entry < table.entries() && layout.header_offset(entry) < tile.end; ++entry) {
        if (table.kind(table.line_of(entry)) != zip::Kind::file || (tile.sent && entry < finished)) continue;
        const std::uint64_t data = layout.data_offset(entry);
        const std::span<std::byte> into = stretch(tile, data, layout.data_end(entry));
        // An empty file is opened too, once, where its header ends: it may have become unreadable, or grown.
        const bool empty_here = layout.data_end(entry) == data && data > tile.begin && data <= tile.end;
        if (!into.empty() || empty_here) tile.reads.push_back({entry, into});
    }
    tile.last_entry = entry;
}

void read_tile(store::Store& source, const format::MemberTable& table, const SpanningVersions& versions,
               Tile& tile, const std::stop_token& stop) {
    std::vector<store::Read> batch;
    for (std::size_t begin = 0; begin < tile.reads.size() && !stop.stop_requested(); begin += kReadsAtOnce) {
        const std::span<const TileRead> planned =
            std::span(tile.reads).subspan(begin, std::min(kReadsAtOnce, tile.reads.size() - begin));
        batch.assign(planned.size(), {});
        for (std::size_t i = 0; i < planned.size(); ++i) {
            const std::size_t entry = planned[i].entry;
            const std::size_t line = table.line_of(entry);
            const auto known = versions.find(entry);
            batch[i].name = table.path(line);
            batch[i].version.tag = known != versions.end() ? known->second : table.version(line);
            batch[i].offset = planned[i].into.empty()
                                  ? 0
                                  : std::max(tile.begin, table.layout().data_offset(entry)) -
                                        table.layout().data_offset(entry);
            batch[i].into = planned[i].into;
        }
        source.read_many(batch, stop);
        for (std::size_t i = 0; i < planned.size(); ++i) {
            if (!batch[i].result)
                tile.failed.push_back({planned[i].entry, std::move(batch[i].result).error()});
        }
        if (begin == 0) tile.first_version = batch.front().result ? batch.front().seen.tag : std::string();
        tile.last_version = batch.back().result ? batch.back().seen.tag : std::string();
    }
}

void check_versions(const format::MemberTable& table, const SpanningVersions& versions, Tile& tile) {
    const auto check = [&](std::size_t entry, const std::string& seen) {
        const auto known = versions.find(entry);
        if (seen.empty() || known == versions.end() || known->second == seen) return;
        tile.failed.push_back(
            {entry, make_error(Code::changed, "read", std::string(table.path(table.line_of(entry))),
                               "it was replaced while it was read")});
    };
    if (tile.reads.empty()) return;
    check(tile.reads.front().entry, tile.first_version);
    if (tile.reads.size() > 1) check(tile.reads.back().entry, tile.last_version);
    std::ranges::sort(tile.failed, {}, &FailedRead::entry);
}

std::optional<std::size_t> spanning_entry(const format::MemberTable& table, const Tile& tile) {
    if (tile.reads.empty() || tile.last_version.empty()) return std::nullopt;
    const std::size_t entry = tile.reads.back().entry;
    return table.layout().data_end(entry) > tile.end ? std::optional(entry) : std::nullopt;
}

}  // namespace haul::pack
