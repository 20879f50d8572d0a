#include "flow/unpack/shares.h"

#include <algorithm>

#include "engine/memory.h"
#include "store/side_by_side.h"

namespace haul::unpack {
namespace {

constexpr std::uint64_t kMiB = 1ULL << 20U;
constexpr std::uint64_t kSmall = 8 * kMiB;
constexpr std::uint64_t kMostBatch = 32 * kMiB;  // between folders more is no faster
constexpr std::uint64_t kMostDistantSmall = 32 * kMiB, kMostDistantBatch = 64 * kMiB;
constexpr std::uint64_t kBeside = 10 * kMiB;  // lists, and what of a member reaches over a batch
constexpr std::uint64_t kPiece = 8 * kMiB;
constexpr std::uint64_t kReadFromService = 4 * kMiB, kMostReads = 8;
constexpr std::uint64_t kMostSlots = 8;

Shares near_shares(std::uint64_t for_work) {
    Shares shares;
    shares.small = kSmall;
    shares.batch = std::clamp(for_work / 8, kSmall, kMostBatch);
    shares.memory = 2 * shares.batch + kBeside;
    return shares;
}

// `copies`: of a batch's bytes: foreign members are held as they lie in the archive and as they are.
Shares distant_shares(std::uint64_t for_work, unsigned jobs, std::uint64_t copies) {
    Shares shares;
    const std::uint64_t share = for_work / 4 * 3 / std::max(jobs, 1U) / copies;
    shares.batches = share / 2 >= kSmall ? 2 : 1;
    shares.batch = std::clamp(share / shares.batches, kSmall, kMostDistantBatch);
    shares.small = std::clamp(shares.batch / 2, kSmall, kMostDistantSmall);
    shares.memory = shares.batches * copies * shares.batch + kBeside;
    return shares;
}

std::uint64_t round_up(std::uint64_t value, std::uint64_t unit) { return (value + unit - 1) / unit * unit; }

}  // namespace

Shares shares_of(const Request& request, const Archives& archives, const store::Capabilities& destination) {
    const std::uint64_t for_work = engine::Memory(request.memory).for_work();
    const bool distant = store::is_service(destination) ||
                         (archives.store != nullptr && store::is_service(archives.store->capabilities()));
    return distant ? distant_shares(for_work, request.jobs, archives.set ? 1 : 2) : near_shares(for_work);
}

Streaming streaming_of(const Shares& shares, const store::Capabilities& source,
                       const store::Capabilities& destination, std::uint64_t size) {
    Streaming streaming;
    streaming.read = kPiece;
    if (store::is_service(source)) {
        streaming.read = kReadFromService;
        streaming.reads = std::clamp<std::uint64_t>(shares.memory / 3 / streaming.read, 2, kMostReads);
    }
    const std::uint64_t reading = streaming.reads * streaming.read;
    streaming.memory = reading;
    streaming.piece = kPiece;
    if (!store::is_service(destination)) return streaming;  // written from where it was read
    const std::uint64_t left = shares.memory > reading ? shares.memory - reading : 0;
    streaming.piece = std::max(std::min(kPiece, left / 2), destination.min_piece);
    if (destination.max_pieces > 0) {
        const std::uint64_t least = size / destination.max_pieces + 1;
        if (least > streaming.piece) streaming.piece = round_up(least, kMiB);
    }
    streaming.piece = std::max<std::uint64_t>(std::min(streaming.piece, size), 1);
    const bool at_once = destination.durable_pieces && destination.random_pieces;
    if (at_once) streaming.slots = std::clamp<std::uint64_t>(left / streaming.piece, 1, kMostSlots);
    streaming.memory += streaming.slots * streaming.piece;
    return streaming;
}

}  // namespace haul::unpack
