#include "base/clock.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <ctime>
#include <mutex>

namespace haul::clock {
namespace {

struct FixedTimes {
    std::atomic<bool> in_force = false;
    std::atomic<Nanoseconds::rep> boot = 0;
    std::atomic<Nanoseconds::rep> wall = 0;
};
FixedTimes g_fixed;

Nanoseconds read_clock(::clockid_t id) {
    ::timespec now{};
    ::clock_gettime(id, &now);
    return std::chrono::seconds(now.tv_sec) + Nanoseconds(now.tv_nsec);
}

}  // namespace

Nanoseconds boot() { return g_fixed.in_force ? Nanoseconds(g_fixed.boot) : read_clock(CLOCK_BOOTTIME); }

Nanoseconds wall() { return g_fixed.in_force ? Nanoseconds(g_fixed.wall) : read_clock(CLOCK_REALTIME); }

std::string utc_text(Nanoseconds wall_time) {
    const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(wall_time);
    const auto days = std::chrono::floor<std::chrono::days>(milliseconds);
    const std::chrono::year_month_day date{std::chrono::sys_days(days)};
    const std::chrono::hh_mm_ss time{milliseconds - days};
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       time.hours().count(), time.minutes().count(), time.seconds().count(),
                       time.subseconds().count());
}

bool sleep(Nanoseconds duration, const std::stop_token& stop) {
    if (g_fixed.in_force) {
        if (stop.stop_requested()) return false;
        if (duration.count() > 0) {
            g_fixed.boot += duration.count();
            g_fixed.wall += duration.count();
        }
        return true;
    }
    // Condition variables stand still while the machine is suspended; boot time does not. Hence the slices.
    constexpr Nanoseconds kSlice = std::chrono::seconds(1);
    const Nanoseconds begin = boot();
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    while (!stop.stop_requested()) {
        const Nanoseconds passed = boot() - begin;
        if (passed >= duration) return true;
        never.wait_for(lock, stop, std::min(duration - passed, kSlice), [] { return false; });
    }
    return false;
}

Fixed::Fixed(Nanoseconds boot_time, Nanoseconds wall_time) {
    g_fixed.boot = boot_time.count();
    g_fixed.wall = wall_time.count();
    g_fixed.in_force = true;
}

Fixed::~Fixed() { g_fixed.in_force = false; }

void Fixed::advance(Nanoseconds by) {
    g_fixed.boot += by.count();
    g_fixed.wall += by.count();
}

void Fixed::jump_wall(Nanoseconds to) { g_fixed.wall = to.count(); }

}  // namespace haul::clock
