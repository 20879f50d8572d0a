#include "flow/pack/request_count.h"

#include <algorithm>

namespace haul::pack {
namespace {

constexpr std::uint64_t kListed = 1000;        // objects a page
constexpr std::uint64_t kMostPieces = 10'000;  // of one upload

// Of the set as a whole. Lists: is a set there, the claims before and after ours, before the record, what is
// left of `.haul/`; puts: claim and record; removes: claim and `.haul/`.
constexpr Requests kOfSet{.lists = 5, .gets = 0, .heads = 1, .puts = 2, .removes = 2};
// Of a part beside its pieces. Lists: the claims before the upload is completed and before the manifest;
// heads: size and checksum after it is completed and before the record; puts: member list, intent and id of
// the upload, its beginning and end, manifest; removes: member list, intent, id.
constexpr Requests kOfPart{.lists = 2, .gets = 0, .heads = 2, .puts = 6, .removes = 3};

constexpr std::uint64_t divided_up(std::uint64_t value, std::uint64_t by) { return (value + by - 1) / by; }

}  // namespace

std::uint64_t tiles_of(std::uint64_t image, std::uint64_t tile) {
    while (tile * kMostPieces < image) tile *= 2;
    return divided_up(image, tile);
}

Requests requests_to_source(std::uint64_t objects, std::uint64_t files, std::uint64_t parts,
                            std::uint64_t tiles) {
    Requests requests;
    requests.lists = std::max<std::uint64_t>(divided_up(objects, kListed), 1);
    // A file is read tile by tile, and nearly every border of two tiles lies within one.
    requests.gets = files == 0 ? 0 : files + tiles - std::min(parts, tiles);
    return requests;
}

Requests requests_to_destination(std::uint64_t parts, std::uint64_t tiles, bool read_back) {
    Requests requests = kOfSet;
    requests.lists += parts * kOfPart.lists;
    requests.heads += parts * kOfPart.heads;
    requests.puts += parts * kOfPart.puts + tiles;
    requests.removes += parts * kOfPart.removes;
    if (read_back) requests.gets += tiles;
    return requests;
}

}  // namespace haul::pack
