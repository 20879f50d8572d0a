// Times that tests of the real binary shorten: an outage of six hours, a checkpoint every two seconds.
#pragma once

#include <chrono>

namespace haul {

// `usual`. In builds with fault points the environment variable `name` (whole milliseconds) decides where it
// is set. Thread-safe.
#ifdef HAUL_FAULT_POINTS
[[nodiscard]] std::chrono::nanoseconds shortened(const char* name, std::chrono::nanoseconds usual);
#else
[[nodiscard]] constexpr std::chrono::nanoseconds shortened(const char*, std::chrono::nanoseconds usual) {
    return usual;
}
#endif

}  // namespace haul
