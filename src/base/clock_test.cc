#include "base/clock.h"

#include <gtest/gtest.h>

#include <thread>

namespace haul::clock {
namespace {

using namespace std::chrono_literals;

TEST(Clock, UtcText) {
    const std::pair<Nanoseconds, std::string_view> rows[] = {
        {0ns, "1970-01-01T00:00:00.000Z"},
        {1ms, "1970-01-01T00:00:00.001Z"},
        {999'999ns, "1970-01-01T00:00:00.000Z"},
        {-1ns, "1969-12-31T23:59:59.999Z"},
        {951'782'400s, "2000-02-29T00:00:00.000Z"},
        {1'795'379'975s + 123'456'789ns, "2026-11-22T20:39:35.123Z"},
        {4'102'444'799s + 999ms, "2099-12-31T23:59:59.999Z"},
    };
    for (const auto& [time, text] : rows) EXPECT_EQ(utc_text(time), text);
}

TEST(Clock, BootTimeGoesForward) {
    const auto before = boot();
    EXPECT_TRUE(sleep(2ms, {}));
    EXPECT_GE(boot() - before, 2ms);
    EXPECT_GT(wall(), 1'700'000'000s);
}

TEST(Clock, SleepOfNothingReturnsAtOnce) {
    EXPECT_TRUE(sleep(0ns, {}));
    EXPECT_TRUE(sleep(-5s, {}));
}

TEST(Clock, SleepEndsWhenStopped) {
    std::stop_source source;
    const std::jthread stopper([&source] {
        sleep(5ms, {});
        source.request_stop();
    });
    const auto before = boot();
    EXPECT_FALSE(sleep(1h, source.get_token()));
    EXPECT_LT(boot() - before, 1min);
    EXPECT_FALSE(sleep(1h, source.get_token()));
    EXPECT_FALSE(sleep(0ns, source.get_token()));
}

TEST(Clock, FixedStandsStillUntilMoved) {
    const auto real = boot();
    {
        Fixed fixed(10s, 1000s);
        EXPECT_EQ(boot(), 10s);
        EXPECT_EQ(wall(), 1000s);
        fixed.advance(5s);
        EXPECT_EQ(boot(), 15s);
        EXPECT_EQ(wall(), 1005s);
        fixed.jump_wall(3s);
        EXPECT_EQ(boot(), 15s);
        EXPECT_EQ(wall(), 3s);
        EXPECT_TRUE(sleep(1h, {}));
        EXPECT_EQ(boot(), 1h + 15s);
        EXPECT_EQ(wall(), 1h + 3s);
        std::stop_source source;
        source.request_stop();
        EXPECT_FALSE(sleep(1h, source.get_token()));
        EXPECT_EQ(boot(), 1h + 15s);
    }
    EXPECT_GE(boot(), real);
    EXPECT_LT(boot(), real + 1min);
}

// What others wait for goes on when the clock stands still.
TEST(Clock, FixedWakesARealSleep) {
    bool slept = false;
    std::jthread sleeper([&slept] { slept = sleep(2s, {}); });
    sleep(20ms, {});
    const Fixed fixed(boot() + 24h, wall());
    sleeper.join();
    EXPECT_TRUE(slept);
}

}  // namespace
}  // namespace haul::clock
