#include "base/number.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace haul::text {
namespace {

TEST(WholeNumber, AllOfTheTextOrNothing) {
    EXPECT_EQ(whole_number<std::uint64_t>("18446744073709551615"), 18446744073709551615U);
    EXPECT_EQ(whole_number<std::uint32_t>("007"), 7U);
    EXPECT_EQ(whole_number<int>("-3"), -3);
    for (const char* text : {"", " 1", "1 ", "1x", "+1", "-1", "4294967296", "0x1", "1.0"})
        EXPECT_EQ(whole_number<std::uint32_t>(text), std::nullopt) << text;
    EXPECT_EQ(whole_number<std::uint32_t>(std::string_view()), std::nullopt);
}

TEST(Number, DecimalFractions) {
    EXPECT_EQ(decimal_number("0.75"), 0.75);
    EXPECT_EQ(decimal_number("12"), 12.0);
    EXPECT_EQ(decimal_number("-1.5"), -1.5);
    for (const char* text : {"", " 1", "1 ", "1.5x", "nan", "inf", "1e3", "+1", "0x1"})
        EXPECT_FALSE(decimal_number(text)) << text;
}

}  // namespace
}  // namespace haul::text
