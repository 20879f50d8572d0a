#include "flow/pack/window.h"

#include <algorithm>

#include "engine/memory.h"
#include "flow/pack/tile.h"
#include "flow/set/image_check.h"

namespace haul::pack {
namespace {

constexpr std::uint64_t kMiB = 1ULL << 20U;
// Of local stores: one being read, one or two between, one being sealed, and up to two that wait for a
// spanning member's CRC.
constexpr std::size_t kLocalBuffers = 5;
constexpr std::size_t kLeastBuffers = 3;
// Where a piece is no request, small tiles: one is still in the cache when it is digested and written.
constexpr std::uint64_t kLeastTile = kMiB;  // kLocalTile: tile.h
// Requests under way for one part that keep a fast line busy at a usual delay, and tiles at most.
constexpr std::uint64_t kReadsWanted = 256;
constexpr std::uint64_t kMostReaders = 16, kSenders = 8;
// A store::Read, its version and what the service's client holds for it.
constexpr std::uint64_t kReadMemory = 512;
// What a service keeps beside an object, usually: a Content-Type, a time.
constexpr std::uint64_t kMetaMemory = 160;

std::uint64_t divided_up(std::uint64_t bytes, std::uint64_t by) { return (bytes + by - 1) / by; }

std::uint64_t per_tile(std::uint64_t tile, const PartUnit& unit) {
    // Of empty files a tile holds little but headers, of 32 bytes at least, and notes a read for each.
    tile = std::min(tile, unit.image_size);
    return tile + std::min(unit.members, tile / 32) * sizeof(TileRead);
}

std::uint64_t extents_per_tile(std::uint64_t tile, const PartUnit& unit) {
    if (unit.image_size == 0) return 1;
    return std::max<std::uint64_t>(1, unit.members / divided_up(unit.image_size, tile));
}

// As many as take the memory that the tiles had.
std::size_t stretches_in(std::uint64_t memory) {
    const std::uint64_t more = memory - std::min(memory, set::kImageCheckMemory);
    return 1 + static_cast<std::size_t>(std::min(more / set::kImageStretch, kMostReaders));
}

Window local_window(const WindowNeed& need, const PartUnit& unit) {
    Window window;
    window.buffers = kLocalBuffers;
    window.tile_size = std::min(kLocalTile, need.tile_size);
    // Smaller ones rather than none where little memory is allowed.
    while (window.tile_size > kLeastTile && memory_of(window, unit) > need.memory) window.tile_size /= 2;
    return window;
}

// Pieces that are sent already decide; else as large as wanted while three fit, and as the service takes
// them.
std::uint64_t service_tile(const WindowNeed& need, const PartUnit& unit) {
    const store::Capabilities& able = need.destination;
    std::uint64_t least = std::max(std::min(kLeastTile, need.tile_size), able.min_piece);
    if (able.max_pieces > 0)
        least = std::max(least, divided_up(divided_up(unit.image_size, able.max_pieces), kMiB) * kMiB);
    const bool fits = kLeastBuffers * per_tile(need.kept_tile, unit) <= need.memory;
    if (need.kept_tile >= std::max<std::uint64_t>(able.min_piece, 1) && fits) return need.kept_tile;
    std::uint64_t size = std::max(need.tile_size, least);
    while (size > least && kLeastBuffers * per_tile(size, unit) > need.share)
        size = std::max(size / 2, least);
    return able.max_piece > 0 ? std::min(size, able.max_piece) : size;
}

}  // namespace

std::uint64_t memory_of(const Window& window, const PartUnit& unit) {
    const std::uint64_t tiles = window.buffers * per_tile(window.tile_size, unit) + window.beside;
    // Reading back comes when the tiles are gone. Local ones of the least size are as good as what it takes.
    return window.senders > 0 ? std::max(tiles, set::kImageCheckMemory) : tiles;
}

Window window_for(const WindowNeed& need, const PartUnit& unit) {
    const bool reads_far = is_far(need.source), sends_far = is_far(need.destination);
    if (!reads_far && !sends_far) return local_window(need, unit);
    Window window;
    window.tile_size = service_tile(need, unit);
    const std::uint64_t extents = extents_per_tile(window.tile_size, unit);
    const std::uint64_t readers =
        reads_far ? std::clamp<std::uint64_t>(kReadsWanted / extents, 2, kMostReaders) : 1;
    const std::uint64_t senders = sends_far ? kSenders : 0;
    const std::uint64_t a_reader = std::min<std::uint64_t>(extents + 1, kReadsAtOnce) * kReadMemory;
    const std::uint64_t metas = need.source.keeps_metadata ? extents * kMetaMemory : 0;
    const std::uint64_t fitting = need.share / (per_tile(window.tile_size, unit) + a_reader + metas);
    const std::uint64_t tiles = divided_up(unit.image_size, window.tile_size);
    const std::uint64_t wanted = std::min(kLeastBuffers + readers + senders, tiles + 1);
    window.buffers = static_cast<std::size_t>(
        std::clamp<std::uint64_t>(fitting, std::min<std::uint64_t>(kLeastBuffers, wanted), wanted));
    const std::uint64_t side_by_side = std::max<std::uint64_t>(window.buffers, 3) - 2;
    window.readers = static_cast<unsigned>(std::min(readers, side_by_side));
    window.senders = static_cast<unsigned>(std::min(senders, side_by_side));
    window.beside = window.readers * a_reader + window.buffers * metas;
    if (sends_far) window.stretches = stretches_in(memory_of(window, unit));
    return window;
}

// Little memory, few connections: an eighth of what the program leaves, from 16 MiB on no more.
std::uint64_t memory_of_connections(std::uint64_t memory) {
    const std::uint64_t rest = memory - std::min(memory, engine::Memory::kProgram);
    return std::min(16 * kMiB, rest / 8);
}

}  // namespace haul::pack
