// How much of a part is under way at a time: how large its tiles are, how many of them memory holds, and the
// threads that read and send them. Pure.
//
// A local store answers at once: one tile is read ahead while the last one is sealed and written. A service
// answers late, so that many requests have to be under way to be fast; what memory allows decides how many.
#pragma once

#include <cstddef>
#include <cstdint>

#include "flow/pack/part_unit.h"
#include "store/store.h"

namespace haul::pack {

struct Window {
    std::uint64_t tile_size = 0;
    std::size_t buffers = 0;    // tiles in memory, those that wait included
    unsigned readers = 1;       // tiles read at a time
    unsigned senders = 0;       // pieces sent at a time; 0: who seals sends as well
    std::size_t stretches = 1;  // of the image, read back at a time (flow/set/image_check.h)
    std::uint64_t beside = 0;   // bytes of memory beside the tiles: reads under way
};

// What reaches the decision.
struct WindowNeed {
    store::Capabilities source, destination;
    std::uint64_t tile_size = 0;  // wanted of services
    std::uint64_t memory = 0;     // for this part, less what it takes beside its tiles
    std::uint64_t share = 0;      // of `memory`, where the parts side by side are to have equally much
    std::uint64_t kept_tile = 0;  // size of the pieces that the destination has of an earlier run; 0: none
};
// At least three tiles, whatever the memory: two can wait for a member's CRC while the next one is read.
// All pieces but the last are within what the destination takes.
[[nodiscard]] Window window_for(const WindowNeed& need, const PartUnit& unit);
// Bytes of all its tiles and of what is held for each.
[[nodiscard]] std::uint64_t memory_of(const Window& window, const PartUnit& unit);

// Whether a store is reached over a network, where each call waits for an answer; told by what sending
// several pieces at a time needs. (store::is_service() tells it by what is kept of files.)
[[nodiscard]] inline bool is_far(const store::Capabilities& can) { return can.durable_pieces; }
// What the connections to services hold while a job runs, whatever its parts; of a promise of `memory` bytes.
[[nodiscard]] std::uint64_t memory_of_connections(std::uint64_t memory);

}  // namespace haul::pack
