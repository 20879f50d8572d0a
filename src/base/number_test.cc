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

}  // namespace
}  // namespace haul::text
