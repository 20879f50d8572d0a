#include "engine/retry_delay.h"

#include <cstdint>

#include "base/random.h"

namespace haul::engine {

std::chrono::nanoseconds RetryDelay::ceiling(int attempt) const {
    std::chrono::nanoseconds delay = base;
    // Doubled step by step: a shift by the attempt would overflow long before the cap is looked at.
    for (int i = 0; i < attempt && delay < cap; ++i) delay += delay;
    return delay < cap ? delay : cap;
}

std::chrono::nanoseconds RetryDelay::jittered(int attempt) const {
    const auto limit = static_cast<std::uint64_t>(ceiling(attempt).count());
    return std::chrono::nanoseconds(static_cast<std::int64_t>(random::below(limit + 1)));
}

}  // namespace haul::engine
