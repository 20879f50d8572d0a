#include "flow/pack/tile_reader.h"

#include <algorithm>
#include <utility>

namespace haul::pack {

TileReader::TileReader(store::Store& source, const format::MemberTable& table, BufferPool& pool,
                       ReadPlan plan, std::stop_token stop)
    : source_(source),
      table_(table),
      pool_(pool),
      plan_(std::move(plan)),
      tiles_(static_cast<std::size_t>((table.layout().image_size() + plan_.tile_size - 1) / plan_.tile_size)),
      outer_(stop),
      next_index_(plan_.first_tile),
      reading_(std::max(plan_.threads, 1U)),
      read_(plan_.versions),
      seen_(plan_.versions),
      forward_(std::move(stop), [this] { stop_.request_stop(); }) {
    for (unsigned i = reading_; i > 0; --i) threads_.emplace_back([this] { read_all(stop_.get_token()); });
}

TileReader::~TileReader() {
    stop_.request_stop();
    threads_.clear();
}

Result<std::optional<Tile>> TileReader::next(const std::stop_token& until) {
    std::unique_lock lock(mutex_);
    const bool come =
        changed_.wait(lock, until, [&] { return reading_ == 0 || ready_.contains(handed_out_); });
    if (const auto found = ready_.find(handed_out_); found != ready_.end()) {
        std::optional<Tile> tile(std::move(found->second));
        ready_.erase(found);
        ++handed_out_;
        check_versions(table_, seen_, *tile);
        if (const auto entry = spanning_entry(table_, *tile)) seen_.try_emplace(*entry, tile->last_version);
        return tile;
    }
    if (!come || outer_.stop_requested())
        return failure(Code::interrupted, "read", "the source", "stopped on request");
    return std::optional<Tile>();
}

void TileReader::read_all(const std::stop_token& stop) {
    while (read_one(stop)) {
    }
    {
        const std::scoped_lock lock(mutex_);
        --reading_;
    }
    changed_.notify_all();
}

bool TileReader::is_needed(std::size_t index) const {
    const bool sent = index < plan_.sent.size() && plan_.sent[index];
    const std::uint64_t end = std::min((index + 1) * plan_.tile_size, table_.layout().image_size());
    const bool nothing_open =
        plan_.finished >= table_.entries() || table_.layout().header_offset(plan_.finished) >= end;
    return !sent || !nothing_open;
}

std::optional<Tile> TileReader::begin_next(const std::stop_token& stop) {
    while (next_index_ < tiles_ && !is_needed(next_index_)) ++next_index_;
    if (next_index_ >= tiles_) return std::nullopt;
    Tile tile;
    tile.index = next_index_;
    tile.begin = tile.index * plan_.tile_size;
    tile.end = std::min(tile.begin + plan_.tile_size, table_.layout().image_size());
    tile.sent = tile.index < plan_.sent.size() && plan_.sent[tile.index];
    std::byte* const bytes = pool_.take(stop);
    if (bytes == nullptr) return std::nullopt;
    tile.buffer = Buffer(pool_, bytes);
    ++next_index_;
    return tile;
}

bool TileReader::read_one(const std::stop_token& stop) {
    std::optional<Tile> tile;
    std::size_t place = 0;
    {
        const std::scoped_lock lock(turn_);
        tile = begin_next(stop);
        if (!tile) return false;
        place = begun_++;
    }
    plan_reads(table_, plan_.finished, *tile);
    read_tile(source_, table_, versions_of(*tile), *tile, stop);
    if (stop.stop_requested()) return false;
    {
        const std::scoped_lock lock(mutex_);
        if (const auto entry = spanning_entry(table_, *tile)) read_.try_emplace(*entry, tile->last_version);
        ready_.emplace(place, std::move(*tile));
    }
    changed_.notify_all();
    return true;
}

// Only its first and its last member can reach beyond the tile.
SpanningVersions TileReader::versions_of(const Tile& tile) {
    SpanningVersions versions;
    if (tile.reads.empty()) return versions;
    const std::scoped_lock lock(mutex_);
    for (const std::size_t entry : {tile.reads.front().entry, tile.reads.back().entry}) {
        if (const auto known = read_.find(entry); known != read_.end()) versions.insert(*known);
    }
    return versions;
}

}  // namespace haul::pack
