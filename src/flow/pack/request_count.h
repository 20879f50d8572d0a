// How many requests a pack sends to services, by the class that they are billed in. Values only.
//
// Counted as the flow works (pack.md's eight steps), without what cannot be known before: tries again, claims
// and beats of others, members that change meanwhile. Local folders take none.
#pragma once

#include <cstdint>

namespace haul::pack {

// What the services call PUT, COPY, POST or LIST (puts: objects, beginnings, pieces and ends of uploads), GET
// and HEAD. Removing costs nothing.
struct Requests {
    std::uint64_t lists = 0, gets = 0, heads = 0, puts = 0, removes = 0;
    [[nodiscard]] std::uint64_t all() const { return lists + gets + heads + puts + removes; }
    bool operator==(const Requests&) const = default;
};

// Pieces that a part of `image` bytes goes in: of `tile` bytes, or more where those would be too many.
[[nodiscard]] std::uint64_t tiles_of(std::uint64_t image, std::uint64_t tile);

// Whoever lists `objects` of a source, and reads `files` with something in them for parts of `tiles` tiles
// altogether.
[[nodiscard]] Requests requests_to_source(std::uint64_t objects, std::uint64_t files, std::uint64_t parts,
                                          std::uint64_t tiles);
// `read_back`: --verify=full.
[[nodiscard]] Requests requests_to_destination(std::uint64_t parts, std::uint64_t tiles, bool read_back);

}  // namespace haul::pack
