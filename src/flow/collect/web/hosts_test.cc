#include "flow/collect/web/hosts.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace haul::collect {
namespace {

using namespace std::chrono_literals;

void wait_for(const std::function<bool()>& holds) {
    while (!holds()) std::this_thread::yield();
}

TEST(WebHosts, FirstComeFirstServed) {
    Hosts hosts(1, 1e9);
    auto held = hosts.take("a", {}, {});
    ASSERT_TRUE(held);
    std::vector<int> order;  // written by whoever has the turn
    std::vector<std::jthread> threads;
    threads.reserve(20);
    for (int i = 0; i < 20; ++i) {
        threads.emplace_back([&hosts, &order, i] {
            const auto turn = hosts.take("a", {}, {});
            ASSERT_TRUE(turn);
            order.push_back(i);
        });
        wait_for([&] { return hosts.waiting("a") == static_cast<std::size_t>(i) + 1; });
    }
    {
        const auto given = std::move(*held);
    }
    threads.clear();
    ASSERT_EQ(order.size(), 20U);
    for (int i = 0; i < 20; ++i) EXPECT_EQ(order[static_cast<std::size_t>(i)], i);
}

TEST(WebHosts, SoManyAtOnceAndNoMore) {
    Hosts hosts(3, 1e9);
    std::atomic<int> inside = 0, most = 0;
    std::vector<std::jthread> threads;
    threads.reserve(8);
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&] {
            for (int k = 0; k < 200; ++k) {
                const auto turn = hosts.take("a", {}, {});
                ASSERT_TRUE(turn);
                const int now = ++inside;
                for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
                }
                --inside;
            }
        });
    }
    threads.clear();
    EXPECT_LE(most, 3);
    EXPECT_EQ(hosts.counts().at("a").requests, 1600U);
}

// One host's queue is none of another's business.
TEST(WebHosts, OthersDoNotWait) {
    Hosts hosts(1, 1e9);
    const auto one = hosts.take("a", {}, {});
    const auto other = hosts.take("b", {}, {});
    EXPECT_TRUE(one && other);
}

TEST(WebHosts, BeginsNoFasterThanAllowed) {
    clock::Fixed fixed(1000s, 1000s);
    Hosts hosts(9, 2.0);
    ASSERT_TRUE(hosts.take("a", {}, {}));
    std::atomic<int> begun = 0;
    std::jthread thread([&] {
        for (int i = 0; i < 3; ++i) {
            ASSERT_TRUE(hosts.take("a", i == 2 ? std::optional(0.1) : std::nullopt, {}));
            ++begun;
        }
    });
    for (int i = 0; i < 3; ++i) {
        wait_for([&] { return hosts.waiting("a") == 1; });
        EXPECT_EQ(begun, i);
        fixed.advance(499ms);
        std::this_thread::sleep_for(250ms);  // whoever is next looks meanwhile: a moment too early
        EXPECT_EQ(hosts.waiting("a"), 1U);
        fixed.advance(1ms);
        wait_for([&] { return begun == i + 1; });
    }
    // The last went at a rate of its own, ten seconds each.
    std::stop_source stop;
    std::jthread last([&] { EXPECT_FALSE(hosts.take("a", {}, stop.get_token())); });
    wait_for([&] { return hosts.waiting("a") == 1; });
    fixed.advance(9s);
    EXPECT_EQ(hosts.waiting("a"), 1U);
    stop.request_stop();
}

TEST(WebHosts, AClosedHostIsLeftAloneByAll) {
    clock::Fixed fixed(1000s, 1000s);
    Hosts hosts(1, 1e9);
    std::optional<Hosts::Turn> held;
    held.emplace(hosts.take("a", {}, {}).value());
    std::atomic<int> refused = 0;
    std::vector<std::jthread> threads;
    threads.reserve(3);
    for (int i = 0; i < 3; ++i) {
        threads.emplace_back([&] {
            const auto turn = hosts.take("a", {}, {});
            ASSERT_FALSE(turn);
            EXPECT_EQ(turn.error().code, Code::unavailable);
            EXPECT_EQ(turn.error().retry_after, 60'000ms);
            ++refused;
        });
    }
    wait_for([&] { return hosts.waiting("a") == 3; });
    EXPECT_EQ(hosts.throttled("a", 60s), 60s);
    threads.clear();  // those that waited are told, too
    EXPECT_EQ(refused, 3);
    held.reset();
    EXPECT_FALSE(hosts.take("a", {}, {}));
    EXPECT_TRUE(hosts.take("b", {}, {}));
    fixed.advance(60s);
    EXPECT_TRUE(hosts.take("a", {}, {}));
    EXPECT_EQ(hosts.counts().at("a").throttled, 1U);
}

TEST(WebHosts, AShortWaitIsWaitedFor) {
    clock::Fixed fixed(1000s, 1000s);
    Hosts hosts(1, 1e9);
    hosts.throttled("a", 2s);
    std::atomic<bool> got = false;
    std::jthread thread([&] { got = hosts.take("a", {}, {}).has_value(); });
    wait_for([&] { return hosts.waiting("a") == 1; });
    EXPECT_FALSE(got);
    fixed.advance(2s);
    thread.join();
    EXPECT_TRUE(got);
}

TEST(WebHosts, WithoutRetryAfterWaitsDoubleUntilItAnswers) {
    clock::Fixed fixed(1000s, 1000s);
    Hosts hosts(1, 1e9);
    for (const auto span : {5s, 10s, 20s, 40s, 80s, 160s, 300s, 300s}) {
        EXPECT_EQ(hosts.throttled("a", {}), span);
        fixed.advance(span);
    }
    hosts.answered("a");
    EXPECT_EQ(hosts.throttled("a", 0s), 5s);  // "Retry-After: 0" says nothing
    EXPECT_EQ(hosts.throttled("a", 1s), 5s);  // what was longer holds
    EXPECT_EQ(hosts.throttled("a", 1'000'000s), 86'400s);
}

TEST(WebHosts, WhoeverWaitsCanBeStopped) {
    Hosts hosts(1, 1e9);
    const auto held = hosts.take("a", {}, {});
    std::stop_source stop;
    std::jthread thread([&] {
        const auto turn = hosts.take("a", {}, stop.get_token());
        ASSERT_FALSE(turn);
        EXPECT_EQ(turn.error().code, Code::interrupted);
    });
    wait_for([&] { return hosts.waiting("a") == 1; });
    stop.request_stop();
    thread.join();
    EXPECT_EQ(hosts.waiting("a"), 0U);
}

}  // namespace
}  // namespace haul::collect
