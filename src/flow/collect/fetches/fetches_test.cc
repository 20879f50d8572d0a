#include "flow/collect/fetches/fetches.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace haul::collect {
namespace {

using namespace std::chrono_literals;
using units::MiB;

struct Place {
    std::atomic<std::uint64_t> free = 100 * MiB;
    std::optional<std::uint64_t> bytes_left{}, ms_left{};
    std::atomic<int> asked = 0, said = 0;

    Fetches::Bounds bounds() {
        return {.folder = "/disk",
                .free = [this] { return std::optional(free.load()); },
                .bytes_left = [this] { return bytes_left; },
                .ms_left =
                    [this] {
                        ++asked;
                        asked.notify_all();
                        return ms_left;
                    },
                .say =
                    [this](const std::string&, const std::string&) {
                        ++said;
                        said.notify_all();
                    }};
    }
};

class FetchesTest : public ::testing::Test {
  protected:
    std::unique_ptr<Fetches::Fetch> begin() { return fetches_.begin({}).value(); }
    static Fetches::Need recording(const std::string& path, std::optional<std::uint64_t> size) {
        return {.path = path, .size = size, .is_recording = true};
    }
    // What comes of asking for it, with nobody else under way.
    Status ask(const Fetches::Need& need) { return begin()->reserve(need, {}); }
    void pass(std::chrono::nanoseconds time) { clock_.advance(time); }

    Place place_;
    Fetches fetches_{4, place_.bounds()};
    clock::Fixed clock_{1h, 1h};
};

TEST_F(FetchesTest, WhatDoesNotFitBesideOthersWaitsForThem) {
    place_.free = 10 * MiB + Fetches::kSpare;
    auto first = begin();
    ASSERT_TRUE(first->reserve(recording("a", 6 * MiB), {}));
    std::atomic<bool> granted = false;
    std::jthread other([&] {
        const auto second = begin();
        granted = second->reserve(recording("b", 6 * MiB), {}).has_value();
    });
    place_.said.wait(0);
    EXPECT_FALSE(granted);
    first.reset();
    other.join();
    EXPECT_TRUE(granted);
    EXPECT_EQ(place_.said, 1);
}

TEST_F(FetchesTest, WhatIsWrittenIsPromisedToNobodyAnyMore) {
    place_.free = 10 * MiB + Fetches::kSpare;
    const auto first = begin();
    ASSERT_TRUE(first->reserve(recording("a", 8 * MiB), {}));
    first->wrote(6 * MiB);
    place_.free = 4 * MiB + Fetches::kSpare;
    const auto second = begin();
    EXPECT_TRUE(second->reserve(recording("b", 2 * MiB), {}));
}

TEST_F(FetchesTest, WhatIsTooLargeIsPutOffAndEndsTheRunOnceNothingElseHappens) {
    place_.free = 10 * MiB + Fetches::kSpare;
    {
        const auto fetch = begin();
        ASSERT_TRUE(fetch->reserve(recording("large", std::nullopt), {}));
        EXPECT_EQ(fetch->will_write(0, 20 * MiB).error().code, Code::no_space);
        EXPECT_TRUE(waits_for_room(fetch->refused().value()));
    }
    EXPECT_TRUE(waits_for_room(ask(recording("large", 1)).error())) << "a server's word counts more";
    pass(Fetches::kQuiet);
    EXPECT_TRUE(ask(recording("small", MiB)));
    EXPECT_TRUE(waits_for_room(ask(recording("large", 1)).error())) << "something happened meanwhile";
    pass(Fetches::kQuiet);
    const Status ended = ask(recording("large", 1));
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().code, Code::no_space);
    EXPECT_THAT(ended.error().message(),
                ::testing::HasSubstr("it needs 21.0 MB, and 14.7 MB are free at /disk"));
    place_.free = 30 * MiB;
    EXPECT_TRUE(ask(recording("large", 1)));
}

TEST_F(FetchesTest, NothingIsOverWhileMoreIsSearchedFor) {
    place_.free = MiB;
    std::optional<Fetches::Search> search(std::in_place, fetches_);
    EXPECT_TRUE(waits_for_room(ask(recording("a", MiB)).error()));
    pass(Fetches::kQuiet);
    EXPECT_TRUE(waits_for_room(ask(recording("a", MiB)).error()));
    search.reset();
    EXPECT_TRUE(waits_for_room(ask(recording("a", MiB)).error()));
    pass(Fetches::kQuiet);
    EXPECT_EQ(ask(recording("a", MiB)).error().code, Code::no_space);
}

TEST_F(FetchesTest, AClaimOfASourceEndsNoRun) {
    place_.free = 10 * MiB + Fetches::kSpare;
    const auto claimed = recording("boast", 1ULL << 60U);
    EXPECT_TRUE(waits_for_room(ask(claimed).error()));
    pass(Fetches::kQuiet);
    const auto fetch = begin();
    ASSERT_TRUE(fetch->reserve(claimed, {}));
    EXPECT_TRUE(fetch->will_write(0, MiB));
}

TEST_F(FetchesTest, OfUnknownLengthMoreIsTakenAsItComes) {
    place_.free = 2 * Fetches::kUnknown + Fetches::kSpare;
    const auto fetch = begin();
    ASSERT_TRUE(fetch->reserve(recording("a", std::nullopt), {}));
    fetch->wrote(Fetches::kUnknown);
    place_.free = Fetches::kUnknown + Fetches::kSpare;
    EXPECT_TRUE(fetch->will_write(Fetches::kUnknown, std::nullopt));
    fetch->wrote(2 * Fetches::kUnknown);
    place_.free = Fetches::kSpare;
    EXPECT_FALSE(fetch->will_write(2 * Fetches::kUnknown, std::nullopt));
    EXPECT_TRUE(fetch->refused());
}

TEST_F(FetchesTest, TheLimitOfBytesIsNotPassedByWhatIsUnderWay) {
    place_.bytes_left = 10 * MiB;
    {
        const auto first = begin();
        ASSERT_TRUE(first->reserve(recording("a", 6 * MiB), {}));
        const auto probe = begin();
        ASSERT_TRUE(probe->reserve({.path = "probe", .size = 20 * MiB}, {})) << "it becomes no recording";
        EXPECT_FALSE(probe->refused());
        EXPECT_FALSE(first->will_write(0, 11 * MiB));
    }
    EXPECT_TRUE(waits_for_room(ask(recording("b", 11 * MiB)).error()));
    EXPECT_FALSE(fetches_.is_full());
    pass(Fetches::kQuiet);
    EXPECT_TRUE(waits_for_room(ask(recording("b", 11 * MiB)).error()));
    EXPECT_TRUE(fetches_.is_full());
}

TEST_F(FetchesTest, ALimitOfHoursIsPassedByOneAtMost) {
    place_.ms_left = 1000;
    Fetches::Need need = recording("a", 1);
    need.seconds = 60;
    auto first = begin();
    ASSERT_TRUE(first->reserve(need, {}));
    const int before = place_.asked;
    std::atomic<bool> granted = false;
    std::jthread other([&] {
        const auto second = begin();
        granted = second->reserve(need, {}).has_value();
    });
    place_.asked.wait(before);
    EXPECT_FALSE(granted);
    first.reset();
    other.join();
    EXPECT_TRUE(granted) << "alone it is begun while anything is left";
}

TEST_F(FetchesTest, NoMoreAtOnceThanThePlanAllows) {
    std::atomic<int> now = 0, most = 0;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 16; ++i)
            threads.emplace_back([&] {
                const auto fetch = begin();
                const int here = ++now;
                for (int seen = most; here > seen && !most.compare_exchange_weak(seen, here);) {
                }
                std::this_thread::yield();
                --now;
            });
    }
    EXPECT_LE(most, 4);
}

}  // namespace
}  // namespace haul::collect
