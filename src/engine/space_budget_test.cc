#include "engine/space_budget.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>
#include <utility>

namespace haul::engine {
namespace {

constexpr std::uint64_t kMB = 1'000'000;

// A disk that holds what is written to it.
struct Disk {
    std::atomic<std::uint64_t> free = 100 * kMB;
    SpaceBudget budget{"/disk", [this]() -> std::optional<std::uint64_t> { return free.load(); }};

    [[nodiscard]] Result<SpaceHold> reserve(std::uint64_t bytes) { return budget.reserve(bytes, "part", {}); }
};

TEST(SpaceBudget, GrantsWhatFitsWithTwoPercentToSpare) {
    struct Row {
        std::uint64_t bytes;
        bool fits;
    };
    for (const Row& row :
         {Row{0, true}, Row{98 * kMB, true}, Row{99 * kMB, false}, Row{~std::uint64_t{0}, false}}) {
        Disk disk;
        EXPECT_EQ(disk.budget.fits(row.bytes), row.fits) << row.bytes;
        const auto hold = disk.reserve(row.bytes);
        EXPECT_EQ(hold.has_value(), row.fits) << row.bytes;
        if (!hold) {
            EXPECT_EQ(hold.error().code, Code::no_space);
        }
    }
}

TEST(SpaceBudget, RefusesWithNumbersAndARemedy) {
    Disk disk;
    const auto hold = disk.reserve(200 * kMB);
    ASSERT_FALSE(hold);
    EXPECT_EQ(hold.error().message(), "make room for part: it needs 204.0 MB, 100.0 MB are free at /disk");
    EXPECT_EQ(hold.error().remedy, "make room there and run the same command again");
}

TEST(SpaceBudget, APlaceThatDoesNotKnowGrantsEverything) {
    SpaceBudget budget("memory", [] { return std::nullopt; });
    EXPECT_TRUE(budget.fits(~std::uint64_t{0}));
    EXPECT_TRUE(budget.reserve(~std::uint64_t{0}, "part", {}));
}

TEST(SpaceBudget, WhatIsWrittenIsNotCountedTwice) {
    Disk disk;
    auto first = disk.reserve(50 * kMB);
    ASSERT_TRUE(first);
    EXPECT_EQ(disk.budget.held(), 51 * kMB);
    EXPECT_FALSE(disk.budget.fits(50 * kMB)) << "the same free bytes were promised already";
    EXPECT_TRUE(disk.budget.fits(48 * kMB));
    disk.free -= 40 * kMB;
    first->written(40 * kMB);
    EXPECT_EQ(disk.budget.held(), 11 * kMB);
    EXPECT_TRUE(disk.budget.fits(48 * kMB));
    EXPECT_FALSE(disk.budget.fits(49 * kMB));
    first->written(1000 * kMB);
    EXPECT_EQ(disk.budget.held(), 0);
}

TEST(SpaceBudget, AHoldGivesBackWhatIsLeft) {
    Disk disk;
    {
        auto hold = disk.reserve(50 * kMB);
        ASSERT_TRUE(hold);
        SpaceHold moved = *std::move(hold);
        moved.written(kMB);
        EXPECT_EQ(disk.budget.held(), 50 * kMB);
    }
    EXPECT_EQ(disk.budget.held(), 0);
    SpaceHold kept = disk.reserve(10 * kMB).value();
    kept = disk.reserve(20 * kMB).value();
    EXPECT_EQ(disk.budget.held(), 20'400'000);
}

// Not refused while another holds some: what that one leaves decides.
TEST(SpaceBudget, WaitsForTheOthers) {
    for (const bool leaves_enough : {true, false}) {
        Disk disk;
        auto first = disk.reserve(60 * kMB);
        ASSERT_TRUE(first);
        auto second = std::async(std::launch::async, [&] { return disk.reserve(50 * kMB).has_value(); });
        EXPECT_EQ(second.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
        disk.free -= leaves_enough ? 40 * kMB : 60 * kMB;
        first->written(60 * kMB);
        if (!leaves_enough) {
            EXPECT_EQ(second.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout)
                << "the 2% are held still";
        }
        first->written(first->bytes());
        EXPECT_EQ(second.get(), leaves_enough);
    }
}

TEST(SpaceBudget, ManyNeverHoldMoreThanThereIs) {
    Disk disk;
    std::atomic<int> granted = 0;
    std::vector<std::jthread> threads;
    threads.reserve(8);
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&] {
            auto hold = disk.reserve(30 * kMB);
            if (!hold) return;
            ++granted;
            EXPECT_LE(disk.budget.held(), 100 * kMB);
            disk.free -= 30 * kMB;
            hold->written(hold->bytes());
        });
    }
    threads.clear();
    EXPECT_EQ(granted, 3);
    EXPECT_EQ(disk.free, 10 * kMB);
}

TEST(SpaceBudget, WaitingEndsWhenStopped) {
    Disk disk;
    const auto first = disk.reserve(60 * kMB);
    ASSERT_TRUE(first);
    std::stop_source stop;
    auto second = std::async(std::launch::async,
                             [&] { return disk.budget.reserve(60 * kMB, "part", stop.get_token()); });
    stop.request_stop();
    const auto ended = second.get();
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().code, Code::interrupted);
}

}  // namespace
}  // namespace haul::engine
