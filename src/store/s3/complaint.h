// What a service that refused a request complains of, where we can do something about it. Stateless.
#pragma once

#include <chrono>
#include <cstdint>

#include "http/exchange.h"

namespace haul::store::s3 {

enum class Complaint : std::uint8_t {
    none,         // nothing that we could mend
    credentials,  // they have expired, or are not known
    clock,        // ours is too far off for our signatures
    silent,       // refused, and no word why: answers to a HEAD have no body
    past,         // what it was is mended already
};

// `skew`: the service's clock less ours, as it was taken to be when the request was signed; `now`: ours.
[[nodiscard]] Complaint complaint_of(const http::Exchange& exchange, std::chrono::nanoseconds now,
                                     std::chrono::seconds skew);

// A request that is refused for the same reason, with a body that says it. Where nothing is wrong any more,
// an object's first byte comes, of a bucket the first page of its keys.
[[nodiscard]] http::Request asking_why(const http::Request& refused);

}  // namespace haul::store::s3
