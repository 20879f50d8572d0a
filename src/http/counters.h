// What a Client counts; written by its loops, read by anyone.
#pragma once

#include <atomic>
#include <cstdint>

namespace haul::http {

struct Counters {
    std::atomic<std::uint64_t> requests = 0, failures = 0, throttled = 0, bytes_sent = 0, bytes_received = 0;
};

}  // namespace haul::http
