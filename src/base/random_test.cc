#include "base/random.h"

#include <gtest/gtest.h>

#include <limits>
#include <set>
#include <vector>

namespace haul::random {
namespace {

TEST(Random, TokensAreHexOfTheLengthAskedForAndDiffer) {
    EXPECT_EQ(token_hex(0), "");
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i) {
        const std::string token = token_hex();
        EXPECT_EQ(token.size(), 32U);
        EXPECT_EQ(token.find_first_not_of("0123456789abcdef"), std::string::npos);
        EXPECT_TRUE(seen.insert(token).second);
    }
    // Longer than one getrandom(2) is sure to give.
    EXPECT_EQ(token_hex(1000).size(), 2000U);
}

TEST(Random, BelowStaysBelowAndReachesAll) {
    std::set<std::uint64_t> seen;
    for (int i = 0; i < 1000; ++i) seen.insert(below(7));
    EXPECT_EQ(seen, (std::set<std::uint64_t>{0, 1, 2, 3, 4, 5, 6}));
    for (int i = 0; i < 10; ++i) EXPECT_EQ(below(1), 0U);
    EXPECT_LT(below(std::numeric_limits<std::uint64_t>::max()), std::numeric_limits<std::uint64_t>::max());
}

TEST(Random, SeedRepeatsBelowButNeverTokens) {
    const auto draw = [](std::uint64_t value) {
        seed(value);
        std::vector<std::uint64_t> numbers;
        for (int i = 0; i < 20; ++i) numbers.push_back(below(1'000'000));
        return numbers;
    };
    EXPECT_EQ(draw(1), draw(1));
    EXPECT_NE(draw(1), draw(2));
    seed(1);
    const std::string token = token_hex();
    seed(1);
    EXPECT_NE(token_hex(), token);
}

}  // namespace
}  // namespace haul::random
