#include "flow/pack/window.h"

#include <gtest/gtest.h>

#include "flow/set/image_check.h"

namespace haul::pack {
namespace {

constexpr std::uint64_t kMiB = 1ULL << 20U, kGiB = 1ULL << 30U;

store::Capabilities local() { return {}; }
store::Capabilities service() {
    store::Capabilities can;
    can.durable_pieces = true;
    can.min_piece = 5 * kMiB;
    can.max_pieces = 10'000;
    can.max_piece = 5 * kGiB;
    return can;
}
PartUnit part(std::uint64_t members, std::uint64_t image) {
    PartUnit unit;
    unit.members = members;
    unit.image_size = image;
    return unit;
}
WindowNeed need(const store::Capabilities& from, const store::Capabilities& to, std::uint64_t memory,
                unsigned jobs = 2) {
    WindowNeed need;
    need.source = from;
    need.destination = to;
    need.tile_size = 16 * kMiB;
    need.memory = memory;
    need.share = memory / jobs;
    return need;
}

TEST(WindowTest, BetweenLocalStoresOneIsReadAheadAndNoneSentBeside) {
    const Window window = window_for(need(local(), local(), 400 * kMiB), part(1000, 20 * kGiB));
    EXPECT_EQ(window.tile_size, 4 * kMiB);
    EXPECT_EQ(window.buffers, 5U);
    EXPECT_EQ(window.readers, 1U);
    EXPECT_EQ(window.senders, 0U);
    EXPECT_EQ(window_for(need(local(), local(), 12 * kMiB), part(1000, 20 * kGiB)).tile_size, 2 * kMiB);
}

TEST(WindowTest, IsWithinItsShareAndNeverBelowThree) {
    for (const std::uint64_t members : {1ULL, 1'000ULL, 100'000ULL, 1'000'000ULL}) {
        for (const std::uint64_t memory : {16 * kMiB, 40 * kMiB, 100 * kMiB, 400 * kMiB, 4'000 * kMiB}) {
            for (const auto& [from, to] : {std::pair(local(), service()), std::pair(service(), local()),
                                           std::pair(service(), service())}) {
                const PartUnit unit = part(members, 20 * kGiB);
                const WindowNeed what = need(from, to, memory);
                const Window window = window_for(what, unit);
                EXPECT_GE(window.buffers, 3U);
                EXPECT_GE(window.readers, 1U);
                EXPECT_EQ(window.senders > 0, is_far(to));
                EXPECT_GE(window.tile_size, is_far(to) ? 5 * kMiB : kMiB);
                if (window.buffers == 3) continue;
                EXPECT_LE(memory_of(window, unit), std::max(what.share, set::kImageCheckMemory));
            }
        }
    }
}

TEST(WindowTest, LittleMemoryStillHasRoomForThreePieces) {
    // What --memory 64MiB leaves beside connections.
    const std::uint64_t promise = 64 * kMiB;
    const std::uint64_t left = engine::Memory(promise, kOpenList, memory_of_connections(promise)).for_work();
    PartUnit unit = part(2'000, 2 * kGiB);
    unit.text = unit.members * 60;
    const std::uint64_t beside = memory_to_fill(unit, "xxh128");
    const Window window = window_for(need(local(), service(), left - beside), unit);
    EXPECT_LE(memory_of(window, unit) + beside, left);
}

TEST(WindowTest, FewExtentsATileMeanManyTilesAtATime) {
    const Window large = window_for(need(service(), service(), 4'000 * kMiB), part(300, 20 * kGiB));
    const Window small = window_for(need(service(), service(), 4'000 * kMiB), part(500'000, 20 * kGiB));
    EXPECT_EQ(large.readers, 16U);
    EXPECT_EQ(small.readers, 2U);
    EXPECT_EQ(large.senders, 8U);
}

TEST(WindowTest, PiecesAreNoMoreThanTheServiceTakes) {
    for (const std::uint64_t image : {20 * kGiB, 156 * kGiB, 157 * kGiB, 1'000 * kGiB, 5'000 * kGiB}) {
        const Window window = window_for(need(local(), service(), 400 * kMiB), part(100, image));
        EXPECT_LE((image + window.tile_size - 1) / window.tile_size, 10'000U) << image;
        EXPECT_LE(window.tile_size, 5 * kGiB);
    }
}

TEST(WindowTest, PiecesThatWereSentKeepTheirSize) {
    WindowNeed again = need(local(), service(), 400 * kMiB);
    again.kept_tile = 8 * kMiB;
    EXPECT_EQ(window_for(again, part(100, 20 * kGiB)).tile_size, 8 * kMiB);
    again.kept_tile = 200 * kMiB;  // does not fit any more
    EXPECT_EQ(window_for(again, part(100, 20 * kGiB)).tile_size, 16 * kMiB);
}

}  // namespace
}  // namespace haul::pack
