#include "engine/budget.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace haul::engine {
namespace {

using namespace std::chrono_literals;

// A thread that reserves, says so, and holds until it is let go.
class Asker {
  public:
    Asker(Budget& budget, std::uint64_t bytes)
        : thread_([this, &budget, bytes](const std::stop_token& stop) {
              Result<Reservation> got = budget.reserve(bytes, stop);
              code_ = got ? 1 : 2;
              while (got && !let_go_) std::this_thread::sleep_for(1ms);
          }) {}
    [[nodiscard]] bool has() const { return code_ == 1; }
    [[nodiscard]] bool refused() const { return code_ == 2; }
    void let_go() {
        let_go_ = true;
        thread_.join();
    }
    void stop() { thread_.request_stop(); }
    ~Asker() { let_go_ = true; }

  private:
    std::atomic<int> code_ = 0;
    std::atomic<bool> let_go_ = false;
    std::jthread thread_;
};

template <class Condition>
bool soon(Condition condition) {
    for (int i = 0; i < 2000 && !condition(); ++i) std::this_thread::sleep_for(1ms);
    return condition();
}

// Long enough that a wrong grant would have come.
void settle() { std::this_thread::sleep_for(30ms); }

TEST(Budget, GrantsWhatFits) {
    Budget budget("memory", 10);
    Result<Reservation> six = budget.reserve(6, {});
    ASSERT_TRUE(six);
    EXPECT_EQ(six->bytes(), 6U);
    EXPECT_EQ(budget.used(), 6U);
    EXPECT_FALSE(budget.try_reserve(5));
    {
        const std::optional<Reservation> four = budget.try_reserve(4);
        ASSERT_TRUE(four);
        EXPECT_EQ(budget.used(), 10U);
    }
    EXPECT_EQ(budget.used(), 6U);
    six->release();
    six->release();
    EXPECT_EQ(budget.used(), 0U);
}

TEST(Budget, MovesGiveBackOnce) {
    Budget budget("memory", 10);
    Reservation a = *budget.try_reserve(4);
    Reservation b = std::move(a);
    EXPECT_EQ(budget.used(), 4U);
    b = *budget.try_reserve(5);
    EXPECT_EQ(budget.used(), 5U);
    b = Reservation();
    EXPECT_EQ(budget.used(), 0U);
}

TEST(Budget, FirstComeFirstServedEvenWhereALaterOneWouldFit) {
    Budget budget("memory", 10);
    Reservation six = *budget.try_reserve(6);
    Asker eight(budget, 8);
    ASSERT_TRUE(soon([&] { return !budget.try_reserve(1).has_value(); })) << "the first one waits";
    Asker two(budget, 2);
    settle();
    EXPECT_FALSE(eight.has());
    EXPECT_FALSE(two.has());
    six.release();
    EXPECT_TRUE(soon([&] { return eight.has() && two.has(); }));
    EXPECT_EQ(budget.used(), 10U);
}

TEST(Budget, OversizeIsGrantedAloneAndOnlyThen) {
    Budget budget("memory", 10);
    Reservation one = *budget.try_reserve(1);
    Asker oversize(budget, 25);
    settle();
    EXPECT_FALSE(oversize.has());
    one.release();
    ASSERT_TRUE(soon([&] { return oversize.has(); }));
    Asker next(budget, 1);
    settle();
    EXPECT_FALSE(next.has());
    EXPECT_FALSE(budget.try_reserve(1));
    oversize.let_go();
    EXPECT_TRUE(soon([&] { return next.has(); }));
}

TEST(Budget, WhoIsStoppedLeavesItsPlace) {
    Budget budget("memory", 10);
    Reservation six = *budget.try_reserve(6);
    Asker eight(budget, 8);
    ASSERT_TRUE(soon([&] { return !budget.try_reserve(1).has_value(); }));
    Asker four(budget, 4);
    eight.stop();
    EXPECT_TRUE(soon([&] { return eight.refused() && four.has(); }));
    EXPECT_EQ(budget.used(), 10U);
}

TEST(Budget, StoppedAndZeroAndHuge) {
    Budget budget("disk", 10);
    std::stop_source stop;
    stop.request_stop();
    Reservation all = *budget.try_reserve(10);
    const Result<Reservation> late = budget.reserve(1, stop.get_token());
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, Code::interrupted);
    EXPECT_TRUE(budget.reserve(0, {}));
    EXPECT_FALSE(budget.try_reserve(~0ULL)) << "sums must not overflow";
    EXPECT_EQ(budget.used(), 10U);
}

TEST(Budget, ManyThreadsNeverHoldMoreThanThereIs) {
    Budget budget("memory", 100);
    std::atomic<std::uint64_t> held = 0, most = 0;
    {
        std::vector<std::jthread> threads;
        for (std::uint64_t t = 0; t < 4; ++t) {
            threads.emplace_back([&, t] {
                for (std::uint64_t i = 0; i < 300; ++i) {
                    const std::uint64_t bytes = 1 + (i * 37 + t * 11) % 60;
                    const Result<Reservation> got = budget.reserve(bytes, {});
                    const std::uint64_t now = held += bytes;
                    std::uint64_t before = most;
                    while (now > before && !most.compare_exchange_weak(before, now)) {
                    }
                    held -= bytes;
                }
            });
        }
    }
    EXPECT_LE(most, 100U);
    EXPECT_GT(most, 0U);
    EXPECT_EQ(budget.used(), 0U);
}

}  // namespace
}  // namespace haul::engine
