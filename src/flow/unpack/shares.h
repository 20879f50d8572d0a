// How the memory of one run is used: batches of small members, and the buffers of a large one. Values only.
//
// Between folders one batch is read, then written. Where the source or the destination is a service, waiting
// costs more than the work: batches are larger, the next one is read while the last is written, and larger
// members go in batches, since a PUT is one request and an upload in pieces at least four.
#pragma once

#include <cstddef>
#include <cstdint>

#include "flow/unpack/archives.h"
#include "flow/unpack/unpack.h"
#include "store/store.h"

namespace haul::unpack {

struct Shares {
    std::uint64_t small = 0;   // members up to this size go in batches; larger ones are streamed
    std::uint64_t batch = 0;   // bytes of archive, and of contents, that one batch holds at most
    unsigned batches = 1;      // that are held at once
    std::uint64_t memory = 0;  // of all of it
};
[[nodiscard]] Shares shares_of(const Request& request, const Archives& archives,
                               const store::Capabilities& destination);

// How a large member of `size` bytes is streamed: `reads` stretches of `read` bytes of archive at once,
// `slots` pieces of `piece` bytes in flight.
struct Streaming {
    std::uint64_t read = 0, piece = 0;
    std::size_t reads = 1;
    std::size_t slots = 1;
    std::uint64_t memory = 0;  // more than Shares::memory where pieces must be so large
};
[[nodiscard]] Streaming streaming_of(const Shares& shares, const store::Capabilities& source,
                                     const store::Capabilities& destination, std::uint64_t size);

}  // namespace haul::unpack
