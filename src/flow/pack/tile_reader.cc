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
      outer_(stop),
      thread_([this](const std::stop_token& own) { read_all(own); }),
      forward_(std::move(stop), [this] { thread_.request_stop(); }) {}

TileReader::~TileReader() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
}

Result<std::optional<Tile>> TileReader::next() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return ended_ || !ready_.empty(); });
    if (!ready_.empty()) {
        std::optional<Tile> tile(std::move(ready_.front()));
        ready_.pop_front();
        return tile;
    }
    if (outer_.stop_requested())
        return failure(Code::interrupted, "read", "the source", "stopped on request");
    return std::optional<Tile>();
}

void TileReader::read_all(const std::stop_token& stop) {
    const std::uint64_t size = table_.layout().image_size();
    const auto tiles = static_cast<std::size_t>((size + plan_.tile_size - 1) / plan_.tile_size);
    for (std::size_t index = plan_.first_tile; index < tiles; ++index) {
        if (!read_one(index, stop)) break;
    }
    {
        const std::scoped_lock lock(mutex_);
        ended_ = true;
    }
    changed_.notify_all();
}

bool TileReader::read_one(std::size_t index, const std::stop_token& stop) {
    Tile tile;
    tile.index = index;
    tile.begin = index * plan_.tile_size;
    tile.end = std::min(tile.begin + plan_.tile_size, table_.layout().image_size());
    tile.sent = index < plan_.sent.size() && plan_.sent[index];
    const bool nothing_open =
        plan_.finished >= table_.entries() || table_.layout().header_offset(plan_.finished) >= tile.end;
    if (tile.sent && nothing_open) return true;
    std::byte* const bytes = pool_.take(stop);
    if (bytes == nullptr) return false;
    tile.buffer = Buffer(pool_, bytes);
    plan_reads(table_, plan_.finished, tile);
    read_tile(source_, table_, plan_.versions, tile, stop);
    if (stop.stop_requested()) return false;
    remember_versions(tile);
    {
        const std::scoped_lock lock(mutex_);
        ready_.push_back(std::move(tile));
    }
    changed_.notify_all();
    return true;
}

void TileReader::remember_versions(const Tile& tile) {
    if (const auto entry = spanning_entry(table_, tile)) plan_.versions[*entry] = tile.last_version;
}

}  // namespace haul::pack
