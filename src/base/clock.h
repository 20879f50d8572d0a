// The only two clocks of the program; tests/tidy refuses every other way to ask for the time.
//
// Deadlines, leases and rates use boot time, which no one can set and which counts through suspend; wall time
// is for people, names of files and comparison with what others wrote. Tests replace both. All functions are
// thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <stop_token>
#include <string>

namespace haul::clock {

using Nanoseconds = std::chrono::nanoseconds;

// CLOCK_BOOTTIME.
[[nodiscard]] Nanoseconds boot();
// CLOCK_REALTIME, since 1970-01-01 UTC.
[[nodiscard]] Nanoseconds wall();

// "2026-11-22T20:39:35.123Z"
[[nodiscard]] std::string utc_text(Nanoseconds wall_time);

// Sleeps, at most until `stop` is requested; returns false when stopped early.
bool sleep(Nanoseconds duration, const std::stop_token& stop);

// For tests: both clocks stand still at the given times until moved; sleep advances them at once.
class Fixed {
  public:
    Fixed(Nanoseconds boot_time, Nanoseconds wall_time);
    ~Fixed();
    Fixed(const Fixed&) = delete;
    Fixed& operator=(const Fixed&) = delete;
    void advance(Nanoseconds by);
    void jump_wall(Nanoseconds to);
};

}  // namespace haul::clock
