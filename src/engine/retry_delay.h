// How long to wait before trying again: exponential with full jitter, so that many that failed together do
// not come back together.
#pragma once

#include <chrono>

namespace haul::engine {

struct RetryDelay {
    std::chrono::nanoseconds base, cap;

    // min(cap, base * 2^attempt); `attempt` counts from 0.
    [[nodiscard]] std::chrono::nanoseconds ceiling(int attempt) const;
    // Uniform in [0, ceiling(attempt)].
    [[nodiscard]] std::chrono::nanoseconds jittered(int attempt) const;
};

}  // namespace haul::engine
