#include "http/window.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>

namespace haul::http {
namespace {

using namespace std::chrono_literals;
using clock::Nanoseconds;

// A service that takes `latency` for a request, and does at most `capacity` a second.
struct Service {
    Nanoseconds latency;
    double capacity;
    std::uint64_t bytes = 1000;
};

// Keeps the window full for `span`; returns how long it had which limit.
std::map<unsigned, Nanoseconds> load(Window& window, const Service& service, Nanoseconds span,
                                     Nanoseconds& now) {
    std::map<unsigned, Nanoseconds> held;
    for (const Nanoseconds until = now + span; now < until;) {
        const double latency = std::chrono::duration<double>(service.latency).count();
        const double rate = std::min(window.limit() / latency, service.capacity);
        const auto step = std::chrono::duration_cast<Nanoseconds>(std::chrono::duration<double>(1 / rate));
        held[window.limit()] += step;
        now += step;
        window.wanted_more();
        window.finished({.bytes = service.bytes, .took = step * window.limit(), .answered = true}, now);
    }
    return held;
}

TEST(Window, GrowsToWhatPays) {
    const struct {
        std::string_view name;
        Service service;
        unsigned mostly;
    } cases[] = {
        {"a service that takes everything", {10ms, 1e6}, 256},
        {"a service that 64 fill", {10ms, 6000}, 64},
        {"a service that 96 fill", {10ms, 9600}, 96},
        {"a slow line with large bodies", {10ms, 20, 16U << 20U}, 64},
        {"far away", {400ms, 1e6}, 256},
    };
    for (const auto& row : cases) {
        SCOPED_TRACE(row.name);
        Window window;
        Nanoseconds now = 1s;
        load(window, row.service, 20s, now);
        const auto held = load(window, row.service, 100s, now);
        const auto most = std::ranges::max_element(held, {}, [](const auto& each) { return each.second; });
        EXPECT_EQ(most->first, row.mostly);
        EXPECT_GT(most->second, 60s);
    }
}

TEST(Window, AFixedOneStays) {
    Window window(8);
    Nanoseconds now = 1s;
    EXPECT_EQ(load(window, {10ms, 1e6}, 10s, now).size(), 1U);
    EXPECT_EQ(window.limit(), 8U);
}

TEST(Window, StaysWhereNothingWaits) {
    Window window;
    for (Nanoseconds now = 1s; now < 20s; now += 10ms) window.finished({.took = 10ms, .answered = true}, now);
    EXPECT_EQ(window.limit(), Window::kStart);
}

TEST(Window, IdleTimeIsNoSlowTime) {
    Window window;
    Nanoseconds now = 1s;
    load(window, {10ms, 1e6}, 300ms, now);
    EXPECT_EQ(window.limit(), 96U);
    load(window, {10ms, 1e6}, 100ms, now);
    window.idle();
    now += 10min;
    load(window, {10ms, 1e6}, 300ms, now);
    EXPECT_EQ(window.limit(), 144U);
}

TEST(Window, HalvesOnceAnIntervalAndHolds) {
    Window window;
    Nanoseconds now = 1s;
    const Window::Outcome throttled{.took = 10ms, .throttled = true};
    for (int i = 0; i < 64; ++i) window.finished(throttled, now);
    EXPECT_EQ(window.limit(), 32U);
    now += 260ms;
    window.finished(throttled, now);
    EXPECT_EQ(window.limit(), 16U);
    load(window, {10ms, 1e6}, 1900ms, now);
    EXPECT_EQ(window.limit(), 16U);
    load(window, {10ms, 1e6}, 2s, now);
    EXPECT_GT(window.limit(), 16U);
    for (int i = 0; i < 20; ++i, now += 1s) window.finished(throttled, now);
    EXPECT_EQ(window.limit(), 1U);
    load(window, {10ms, 1e6}, 60s, now);
    EXPECT_EQ(window.limit(), 256U);
}

TEST(Window, WhatFailsQuicklyIsNoGain) {
    Window window;
    Nanoseconds now = 1s;
    load(window, {10ms, 1e6}, 300ms, now);
    ASSERT_EQ(window.limit(), 96U);
    // Ten times as many ends, none of them an answer.
    for (const Nanoseconds until = now + 600ms; now < until; now += 15us) {
        window.wanted_more();
        window.finished({.took = 1ms}, now);
    }
    EXPECT_EQ(window.limit(), 64U);
}

}  // namespace
}  // namespace haul::http
