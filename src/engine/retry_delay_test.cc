#include "engine/retry_delay.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.h"

namespace haul::engine {
namespace {

using namespace std::chrono_literals;

TEST(RetryDelay, DoublesToTheCap) {
    struct Row {
        std::chrono::nanoseconds base, cap;
        int attempt;
        std::chrono::nanoseconds ceiling;
    };
    const Row rows[] = {
        {1s, 60s, 0, 1s},
        {1s, 60s, 1, 2s},
        {1s, 60s, 5, 32s},
        {1s, 60s, 6, 60s},
        {1s, 60s, 2'000'000'000, 60s},
        {5s, 3s, 0, 3s},
        {0s, 60s, 100, 0s},
        {1ns, 6h, 200, 6h},
    };
    for (const Row& row : rows) {
        EXPECT_EQ((RetryDelay{row.base, row.cap}.ceiling(row.attempt)), row.ceiling)
            << row.base.count() << " " << row.attempt;
    }
}

TEST(RetryDelay, JitterIsFull) {
    random::seed(3);
    const RetryDelay delay{1s, 60s};
    std::chrono::nanoseconds least = 60s, most = 0s;
    for (int i = 0; i < 1000; ++i) {
        const std::chrono::nanoseconds one = delay.jittered(2);
        ASSERT_GE(one, 0s);
        ASSERT_LE(one, 4s);
        least = std::min(least, one);
        most = std::max(most, one);
    }
    EXPECT_LT(least, 200ms);
    EXPECT_GT(most, 3800ms);
}

}  // namespace
}  // namespace haul::engine
