#include "base/units.h"

#include <gtest/gtest.h>

#include <limits>

namespace haul::units {
namespace {

using namespace std::chrono_literals;

TEST(Units, SizesThatAreRead) {
    const std::pair<std::string_view, std::uint64_t> rows[] = {
        {"0", 0},
        {"512", 512},
        {"512B", 512},
        {"1k", 1000},
        {"1KB", 1000},
        {"1KiB", 1024},
        {"1ki", 1024},
        {"20GB", 20'000'000'000},
        {"20 GB", 20'000'000'000},
        {"64MiB", 64 * MiB},
        {"64mib", 64 * MiB},
        {"1.5G", 1'500'000'000},
        {"1.5GiB", GiB + GiB / 2},
        {"0.1k", 100},
        {"1.0004k", 1000},
        {"2T", 2'000'000'000'000},
        {"3PB", 3'000'000'000'000'000},
        {"15EiB", 15ULL << 60U},
        {"18446744073709551615", std::numeric_limits<std::uint64_t>::max()},
        {"18.446744073EB", 18'446'744'073'000'000'000U},
        {"007", 7},
    };
    for (const auto& [text, bytes] : rows) {
        const auto size = parse_size(text);
        ASSERT_TRUE(size) << text << ": " << size.error().message();
        EXPECT_EQ(*size, bytes) << text;
    }
}

TEST(Units, SizesThatAreRefused) {
    for (const std::string_view text : {"",
                                        " ",
                                        "G",
                                        "-1",
                                        "+1",
                                        "1.",
                                        ".5G",
                                        "1.5",
                                        "1.5B",
                                        "1,5G",
                                        "1 000",
                                        "1G ",
                                        " 1G",
                                        "1  G",
                                        "1X",
                                        "1GBB",
                                        "1kk",
                                        "1bB",
                                        "0x10",
                                        "1e3",
                                        "inf",
                                        "nan",
                                        "16EiB",
                                        "18.5EB",
                                        "18446744073709551616",
                                        "99999999999999999999999G",
                                        "1.0000000001G",
                                        "1G1M",
                                        "1\xC2\xB5"}) {
        const auto size = parse_size(text);
        ASSERT_FALSE(size) << text << " was read as " << *size;
        EXPECT_EQ(size.error().code, Code::usage) << text;
        EXPECT_FALSE(size.error().remedy.empty());
    }
}

TEST(Units, DurationsThatAreRead) {
    const std::pair<std::string_view, std::chrono::nanoseconds> rows[] = {
        {"0s", 0ns},
        {"15m", 15min},
        {"6h", 6h},
        {"250ms", 250ms},
        {"1h30m", 90min},
        {"2d", 48h},
        {"1w", 168h},
        {"5us", 5us},
        {"7ns", 7ns},
        {"1.5h", 90min},
        {"1H", 1h},
        {"1d2h3m4s5ms6us7ns", 26h + 3min + 4s + 5ms + 6us + 7ns},
        {"106751d", 24h * 106751},
        {"90s", 90s},
        {"9223372036854775807ns", std::chrono::nanoseconds::max()},
    };
    for (const auto& [text, expected] : rows) {
        const auto duration = parse_duration(text);
        ASSERT_TRUE(duration) << text << ": " << duration.error().message();
        EXPECT_EQ(*duration, expected) << text;
    }
}

TEST(Units, DurationsThatAreRefused) {
    for (const std::string_view text :
         {"", "5", "0", "m", "-5m", "1h30", "30m1h", "1h1h", "1.h", "1 h", "1h 30m", "5 ", "1x", "1hm",
          "106752d", "9223372036854775808ns", "99999999999999999999h", "1y"}) {
        const auto duration = parse_duration(text);
        ASSERT_FALSE(duration) << text;
        EXPECT_EQ(duration.error().code, Code::usage) << text;
        EXPECT_FALSE(duration.error().remedy.empty());
    }
}

TEST(Units, SizeText) {
    const std::pair<std::uint64_t, std::string_view> rows[] = {
        {0, "0 B"},
        {999, "999 B"},
        {1000, "1.0 KB"},
        {1049, "1.0 KB"},
        {1050, "1.1 KB"},
        {999'949, "999.9 KB"},
        {999'950, "1.0 MB"},
        {217'400'000, "217.4 MB"},
        {20'000'000'000, "20.0 GB"},
        {std::numeric_limits<std::uint64_t>::max(), "18.4 EB"},
    };
    for (const auto& [bytes, text] : rows) EXPECT_EQ(size_text(bytes), text) << bytes;
}

TEST(Units, SizeTextIsReadAgain) {
    for (const std::uint64_t bytes : {0ULL, 999ULL, 217'400'000ULL, 20'000'000'000ULL}) {
        EXPECT_EQ(parse_size(size_text(bytes)).value(), bytes);
    }
}

TEST(Units, ExactSizesAreReadBackAsTheSame) {
    const std::pair<std::uint64_t, const char*> rows[] = {
        {0, "0"},
        {1, "1"},
        {999, "999"},
        {20'000'000'000, "20GB"},
        {64U << 20U, "64MiB"},
        {1'234'567, "1234567"},
        {5'120, "5KiB"},
        {~0ULL, "18446744073709551615"},
    };
    for (const auto& [bytes, text] : rows) {
        EXPECT_EQ(exact_size_text(bytes), text);
        EXPECT_EQ(parse_size(text).value(), bytes);
    }
}

TEST(Units, DurationText) {
    const std::pair<std::chrono::nanoseconds, std::string_view> rows[] = {
        {0ns, "0:00"}, {7s, "0:07"},           {7s + 999ms, "0:07"},        {59s, "0:59"},
        {60s, "1:00"}, {59min + 59s, "59:59"}, {2h + 5min + 9s, "2:05:09"}, {100h, "100:00:00"},
        {-5s, "0:00"},
    };
    for (const auto& [duration, text] : rows) EXPECT_EQ(duration_text(duration), text);
}

TEST(Units, CountText) {
    const std::pair<std::uint64_t, std::string_view> rows[] = {
        {0, "0"},
        {999, "999"},
        {1000, "1,000"},
        {10'409, "10,409"},
        {123'456, "123,456"},
        {1'000'000, "1,000,000"},
        {std::numeric_limits<std::uint64_t>::max(), "18,446,744,073,709,551,615"},
    };
    for (const auto& [count, text] : rows) EXPECT_EQ(count_text(count), text);
}

}  // namespace
}  // namespace haul::units
