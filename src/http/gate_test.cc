#include "http/gate.h"

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <thread>
#include <vector>

namespace haul::http {
namespace {

using namespace std::chrono_literals;

const Window::Outcome kAnswered{.took = 1ms, .answered = true};

struct Caller {
    explicit Caller(Gate& gate) : member(gate, [this] { ++wakes; }) {}
    unsigned take() {
        unsigned taken = 0;
        while (member.acquire()) ++taken;
        return taken;
    }
    int wakes = 0;
    Gate::Member member;
};

TEST(Gate, GivesNoMoreThanTheWindow) {
    Gate gate(4);
    Caller one(gate), two(gate);
    EXPECT_EQ(one.take(), 4U);
    EXPECT_EQ(two.take(), 0U);
    EXPECT_EQ(two.wakes, 0);
}

TEST(Gate, WhoHasFewestGoesFirst) {
    Gate gate(4);
    Caller one(gate), two(gate);
    EXPECT_EQ(one.take(), 4U);
    EXPECT_EQ(two.take(), 0U);
    for (int i = 0; i < 2; ++i) {
        one.member.release(kAnswered, 1s);
        EXPECT_FALSE(one.member.acquire());
        EXPECT_EQ(two.wakes, i + 1);
        EXPECT_EQ(two.take(), 1U);
    }
    // Two each: who gives one back may have it again.
    one.member.release(kAnswered, 1s);
    EXPECT_TRUE(one.member.acquire());
    EXPECT_EQ(two.wakes, 2);
}

TEST(Gate, OnePlaceGoesRound) {
    Gate gate(1);
    Caller one(gate), two(gate), three(gate);
    EXPECT_EQ(one.take(), 1U);
    EXPECT_EQ(two.take(), 0U);
    EXPECT_EQ(three.take(), 0U);
    Caller* callers[] = {&one, &two, &three};
    unsigned turns[3] = {};
    for (std::size_t holder = 0, round = 0; round < 30; ++round) {
        callers[holder]->member.release(kAnswered, 1s);
        unsigned taken = 0;
        for (std::size_t i = 0; i < 3; ++i) {
            if (callers[i]->take() == 0) continue;
            ++taken;
            ++turns[i];
            holder = i;
        }
        ASSERT_EQ(taken, 1U);
    }
    for (const unsigned each : turns) EXPECT_EQ(each, 10U);
}

TEST(Gate, WhoLeavesWakesWhoWaits) {
    Gate gate(2);
    Caller two(gate), three(gate);
    {
        Caller one(gate);
        EXPECT_EQ(one.take(), 2U);
        EXPECT_EQ(two.take(), 0U);
        EXPECT_EQ(three.take(), 0U);
    }
    EXPECT_EQ(two.wakes, 1);
    EXPECT_TRUE(two.member.acquire());
    EXPECT_EQ(three.wakes, 1);  // by the one that came in: there is a second place
    EXPECT_TRUE(three.member.acquire());
}

TEST(Gate, PlacesNotTakenAgainAreOffered) {
    Gate gate(1);
    Caller one(gate), two(gate);
    EXPECT_TRUE(one.member.acquire());
    EXPECT_EQ(two.take(), 0U);
    one.member.release();
    EXPECT_EQ(two.wakes, 0);
    one.member.offer();
    EXPECT_EQ(two.wakes, 1);
}

// Takes `left` places one after another, and waits without looking again until it is woken: a lost wake
// hangs.
void use(Gate& gate, int left) {
    std::mutex lock;
    std::condition_variable woken;
    bool wake = false;
    Gate::Member member(gate, [&] {
        const std::scoped_lock hold(lock);
        wake = true;
        woken.notify_one();
    });
    for (int mine = 0; left > 0;) {
        while (mine < left && member.acquire()) ++mine;
        member.offer();
        if (mine == 0) {
            std::unique_lock hold(lock);
            woken.wait(hold, [&wake] { return wake; });
            wake = false;
            continue;
        }
        member.release(kAnswered, 1s);
        --mine;
        --left;
    }
}

TEST(Gate, WhoWithdrawsKeepsNobodyWaiting) {
    Gate gate(1);
    Caller one(gate), two(gate), three(gate);
    EXPECT_TRUE(one.member.acquire());
    EXPECT_EQ(two.take(), 0U);
    EXPECT_EQ(three.take(), 0U);
    two.member.withdraw();
    one.member.release(kAnswered, 1s);
    one.member.offer();
    EXPECT_EQ(two.wakes, 0);
    EXPECT_EQ(three.wakes, 1);
    EXPECT_EQ(three.take(), 1U);
}

TEST(Gate, ManyThreadsAllGetTheirTurn) {
    Gate gate(3);
    std::vector<std::jthread> threads;
    threads.reserve(6);
    for (int t = 0; t < 6; ++t) threads.emplace_back([&gate] { use(gate, 2000); });
}

}  // namespace
}  // namespace haul::http
