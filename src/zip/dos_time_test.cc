#include "zip/dos_time.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace haul::zip {
namespace {

constexpr DosTime dos(unsigned year, unsigned month, unsigned day, unsigned hour, unsigned minute,
                      unsigned second) {
    return {.time = static_cast<std::uint16_t>(hour << 11U | minute << 5U | second / 2),
            .date = static_cast<std::uint16_t>((year - 1980) << 9U | month << 5U | day)};
}

struct Case {
    std::int64_t seconds;
    DosTime expected;
    std::int64_t back;
};
const Case cases[] = {
    {315'532'800, dos(1980, 1, 1, 0, 0, 0), 315'532'800},
    {315'532'799, dos(1980, 1, 1, 0, 0, 0), 315'532'800},
    {0, dos(1980, 1, 1, 0, 0, 0), 315'532'800},
    {-5'000'000'000'000, dos(1980, 1, 1, 0, 0, 0), 315'532'800},
    {951'827'697, dos(2000, 2, 29, 12, 34, 56), 951'827'696},
    {2'147'483'648, dos(2038, 1, 19, 3, 14, 8), 2'147'483'648},
    {4'354'819'198, dos(2107, 12, 31, 23, 59, 58), 4'354'819'198},
    {4'354'819'199, dos(2107, 12, 31, 23, 59, 58), 4'354'819'198},
    {9'000'000'000'000, dos(2107, 12, 31, 23, 59, 58), 4'354'819'198},
};

TEST(DosTime, Table) {
    for (const Case& row : cases) {
        SCOPED_TRACE(row.seconds);
        EXPECT_EQ(to_dos(row.seconds), row.expected);
        EXPECT_EQ(from_dos(row.expected), row.back);
    }
}

TEST(DosTime, FieldsThatNameNoMomentAreBroughtToOne) {
    EXPECT_EQ(from_dos({.time = 0, .date = 0}), from_dos(dos(1980, 1, 1, 0, 0, 0)));
    EXPECT_EQ(from_dos(dos(2001, 2, 31, 0, 0, 0)), from_dos(dos(2001, 2, 28, 0, 0, 0)));
    EXPECT_EQ(from_dos({.time = 0xffff, .date = 0xffff}), 4'354'819'198);
}

TEST(DosTime, EveryFieldValueIsReadWithoutHarm) {
    EXPECT_TRUE(
        rc::check("read, written and read again is the same", [](std::uint16_t time, std::uint16_t date) {
            const std::int64_t seconds = from_dos({.time = time, .date = date});
            RC_ASSERT(from_dos(to_dos(seconds)) == seconds);
        }));
}

TEST(DosTime, FloorSeconds) {
    EXPECT_EQ(floor_seconds(1'999'999'999), 1);
    EXPECT_EQ(floor_seconds(0), 0);
    EXPECT_EQ(floor_seconds(-1), -1);
    EXPECT_EQ(floor_seconds(-1'000'000'000), -1);
    EXPECT_EQ(floor_seconds(-1'000'000'001), -2);
}

}  // namespace
}  // namespace haul::zip
