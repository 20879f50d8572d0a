#include "report/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

namespace haul::report {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Event amounts(Type type, std::uint64_t files, std::uint64_t bytes, bool final_total = false) {
    Event event;
    event.type = type;
    event.files = files;
    event.bytes = bytes;
    event.final_total = final_total;
    return event;
}

// 10 samples a second, `per_second` bytes each second, from `start` seconds on.
void run_for(Progress& progress, std::uint64_t& bytes, int start, int length, std::uint64_t per_second) {
    for (int i = 0; i < length * 10; ++i) {
        bytes += per_second / 10;
        progress.on(amounts(Type::progress, 1, bytes));
        progress.sample(seconds(start) + milliseconds(100 * i));
    }
}

TEST(Progress, RateIsThatOfTheLastTenSeconds) {
    Progress progress;
    std::uint64_t bytes = 0;
    EXPECT_FALSE(progress.rate().has_value());
    run_for(progress, bytes, 100, 60, 1'000'000);
    EXPECT_NEAR(progress.rate().value(), 1'000'000, 10'000);
    run_for(progress, bytes, 160, 11, 5'000'000);
    EXPECT_NEAR(progress.rate().value(), 5'000'000, 60'000);
    run_for(progress, bytes, 171, 11, 0);
    EXPECT_NEAR(progress.rate().value(), 0, 1);
}

TEST(Progress, WhatAnEarlierRunDidIsNoRate) {
    Progress progress;
    progress.sample(seconds(1));
    progress.sample(seconds(2));
    progress.on(amounts(Type::progress, 100, 50'000'000'000));
    progress.sample(seconds(3));
    EXPECT_FALSE(progress.rate().has_value());
    progress.on(amounts(Type::progress, 101, 50'001'000'000));
    progress.sample(seconds(4));
    EXPECT_NEAR(progress.rate().value(), 1'000'000, 1);
}

TEST(Progress, RemainingOnlyWithAFinalTotal) {
    Progress progress;
    std::uint64_t bytes = 0;
    progress.on(amounts(Type::total, 10, 100'000'000));
    run_for(progress, bytes, 0, 10, 1'000'000);
    EXPECT_FALSE(progress.remaining().has_value());
    EXPECT_THAT(total_text(progress), testing::HasSubstr("found so far"));
    EXPECT_THAT(total_text(progress), testing::Not(testing::HasSubstr("ETA")));
    progress.on(amounts(Type::total, 10, 100'000'000, true));
    ASSERT_TRUE(progress.remaining().has_value());
    EXPECT_NEAR(std::chrono::duration<double>(*progress.remaining()).count(), 90, 1);
    EXPECT_THAT(total_text(progress), testing::HasSubstr("10%"));
    EXPECT_THAT(total_text(progress), testing::HasSubstr("ETA 1:"));
    progress.on(amounts(Type::progress, 10, 100'000'000));
    EXPECT_FALSE(progress.remaining().has_value());
}

TEST(Progress, WorkersComeAndGo) {
    Progress progress;
    Event event;
    event.type = Type::worker;
    event.worker = 3;
    event.subject = "part 00007";
    event.bytes = 500'000'000;
    event.total_bytes = 2'000'000'000;
    progress.on(event);
    ASSERT_EQ(progress.workers().size(), 1U);
    EXPECT_EQ(amount_text(progress.workers().at(3)), " 25%  500.0 MB of 2.0 GB");
    event.subject.clear();
    progress.on(event);
    EXPECT_TRUE(progress.workers().empty());
}

TEST(Progress, StateOfStoreAndDrain) {
    Progress progress;
    Event event;
    event.type = Type::store_down;
    event.subject = "s3.example";
    progress.on(event);
    EXPECT_EQ(progress.down(), "s3.example");
    event.type = Type::store_up;
    progress.on(event);
    EXPECT_EQ(progress.down(), "");
    event.type = Type::draining;
    progress.on(event);
    EXPECT_TRUE(progress.draining());
}

}  // namespace
}  // namespace haul::report
