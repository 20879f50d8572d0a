// Carries bytes both ways between two sockets.
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>

namespace haul::collect::gate {

struct Ends {
    int client = -1, host = -1;  // neither blocks
    std::string first{};         // what the client sent already, to be carried to the host
    // What else may come from the client; what comes behind it is not carried.
    std::uint64_t more = UINT64_MAX;
};
// Until the host has sent everything, or both are silent for a minute. What one end has closed is closed at
// the other, too.
void relay(Ends ends, const std::stop_token& stop);

}  // namespace haul::collect::gate
