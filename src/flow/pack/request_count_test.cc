// Requests of a pack, counted by hand for a few.
#include "flow/pack/request_count.h"

#include <gtest/gtest.h>

namespace haul::pack {
namespace {

constexpr std::uint64_t kMiB = 1ULL << 20U;

TEST(RequestCount, Tiles) {
    EXPECT_EQ(tiles_of(0, 16 * kMiB), 0U);
    EXPECT_EQ(tiles_of(1, 16 * kMiB), 1U);
    EXPECT_EQ(tiles_of(16 * kMiB, 16 * kMiB), 1U);
    EXPECT_EQ(tiles_of(16 * kMiB + 1, 16 * kMiB), 2U);
    EXPECT_EQ(tiles_of(10'000 * 16 * kMiB, 16 * kMiB), 10'000U);
    EXPECT_EQ(tiles_of(50'000 * 16 * kMiB, 16 * kMiB), 6'250U);  // of 128 MiB
}

TEST(RequestCount, Source) {
    struct Row {
        std::uint64_t objects, files, parts, tiles;
        Requests expected;
    };
    for (const Row& row :
         {Row{0, 0, 0, 0, {.lists = 1}}, Row{1000, 0, 1, 1, {.lists = 1}},
          Row{1001, 1000, 1, 1, {.lists = 2, .gets = 1000}}, Row{1, 1, 1, 5, {.lists = 1, .gets = 5}},
          Row{20, 20, 2, 6, {.lists = 1, .gets = 24}}}) {
        EXPECT_EQ(requests_to_source(row.objects, row.files, row.parts, row.tiles), row.expected)
            << row.objects << " " << row.tiles;
    }
}

TEST(RequestCount, Destination) {
    EXPECT_EQ(requests_to_destination(0, 0, false),
              (Requests{.lists = 5, .gets = 0, .heads = 1, .puts = 2, .removes = 2}));
    EXPECT_EQ(requests_to_destination(2, 7, false),
              (Requests{.lists = 9, .gets = 0, .heads = 5, .puts = 21, .removes = 8}));
    EXPECT_EQ(requests_to_destination(2, 7, true),
              (Requests{.lists = 9, .gets = 7, .heads = 5, .puts = 21, .removes = 8}));
    EXPECT_EQ(requests_to_destination(2, 7, true).all(), 50U);
}

}  // namespace
}  // namespace haul::pack
