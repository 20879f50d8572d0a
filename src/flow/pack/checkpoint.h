// The checkpoint of a part that is being filled, as the ledger keeps it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "flow/pack/tile_reader.h"

namespace haul::pack {

struct SentTile {
    std::size_t index = 0;
    std::uint32_t crc32 = 0;
};

struct FillCheckpoint {
    std::uint32_t revision = 0;  // of the list that it belongs to
    std::uint64_t tile_size = 0;
    std::string upload;             // store::Upload::id()
    std::uint64_t log_length = 0;   // bytes of the progress log that count
    std::uint64_t meta_length = 0;  // of the log of metadata
    std::vector<SentTile> sent;     // durable at the store
    SpanningVersions versions;      // of entries that reach into tiles not sent
};

[[nodiscard]] std::string to_text(const FillCheckpoint& checkpoint);
[[nodiscard]] Result<FillCheckpoint> parse_checkpoint(const std::string& text);

}  // namespace haul::pack
