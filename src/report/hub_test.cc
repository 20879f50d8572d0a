#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <latch>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "report/event.h"

namespace haul::report {
namespace {

struct Seen {
    std::vector<Event> events;
    int ticks = 0, closes = 0;
    std::atomic<int> inside = 0;
    bool overlapped = false;
};

class Recorder : public Sink {
  public:
    explicit Recorder(Seen& seen) : seen_(seen) {}
    void on(const Event& event) override {
        if (++seen_.inside != 1) seen_.overlapped = true;
        seen_.events.push_back(event);
        --seen_.inside;
    }
    void tick() override { ++seen_.ticks; }
    void close() override { ++seen_.closes; }

  private:
    Seen& seen_;
};

// Stands still in its first event until it is let go.
class Stalled : public Sink {
  public:
    Stalled(std::latch& arrived, std::latch& go_on) : arrived_(arrived), go_on_(go_on) {}
    void on(const Event&) override {
        if (first_) {
            arrived_.count_down();
            go_on_.wait();
        }
        first_ = false;
    }

  private:
    std::latch& arrived_;
    std::latch& go_on_;
    bool first_ = true;
};

Event worker_at(unsigned worker, std::uint64_t bytes) {
    Event event;
    event.type = Type::worker;
    event.worker = worker;
    event.subject = "part 00001";
    event.bytes = bytes;
    return event;
}

TEST(Hub, StampsOrdersAndDeliversAllBeforeClosing) {
    Seen seen;
    Hub hub;
    hub.add(std::make_unique<Recorder>(seen));
    hub.set_job("0123456789abcdef");
    for (int i = 0; i < 1000; ++i) hub.note(Level::info, std::to_string(i));
    hub.fail_item("a/b", make_error(Code::denied, "read", "a/b", "Permission denied"));
    hub.close();
    hub.close();
    ASSERT_EQ(seen.events.size(), 1001U);
    for (std::size_t i = 0; i < 1000; ++i) EXPECT_EQ(seen.events[i].text, std::to_string(i));
    for (const Event& event : seen.events) {
        EXPECT_EQ(event.job, "0123456789abcdef");
        EXPECT_GT(event.time_ns, 0);
    }
    EXPECT_EQ(seen.events.back().type, Type::item_failed);
    EXPECT_EQ(seen.events.back().level, Level::error);
    ASSERT_TRUE(seen.events.back().error.has_value());
    EXPECT_EQ(seen.closes, 1);
    EXPECT_GE(seen.ticks, 1);
}

TEST(Hub, SinksAreCalledOneAtATimeFromManyEmitters) {
    Seen seen;
    Hub hub;
    hub.add(std::make_unique<Recorder>(seen));
    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back([&hub] {
                for (int i = 0; i < 500; ++i) hub.note(i % 50 == 0 ? Level::warning : Level::info, "x");
            });
        }
    }
    hub.close();
    EXPECT_EQ(seen.events.size(), 2000U);
    EXPECT_FALSE(seen.overlapped);
}

TEST(Hub, TicksByItself) {
    Seen seen;
    Hub hub;
    hub.add(std::make_unique<Recorder>(seen));
    clock::sleep(std::chrono::milliseconds(550), {});
    hub.close();
    EXPECT_GE(seen.ticks, 3);
    EXPECT_LE(seen.ticks, 8);
}

TEST(Hub, AStalledSinkHoldsUpNoEmitterAndNewerProgressReplacesOlder) {
    Seen seen;
    std::latch arrived(1), go_on(1);
    Hub hub;
    hub.add(std::make_unique<Stalled>(arrived, go_on));
    hub.add(std::make_unique<Recorder>(seen));
    hub.note(Level::error, "first");
    arrived.wait();
    for (std::uint64_t i = 1; i <= 200'000; ++i) hub.emit(worker_at(static_cast<unsigned>(i % 2), i));
    for (std::uint64_t i = 1; i <= 1000; ++i) {
        Event event;
        event.type = Type::progress;
        event.bytes = i;
        hub.emit(event);
    }
    go_on.count_down();
    hub.close();
    ASSERT_EQ(seen.events.size(), 4U);
    EXPECT_EQ(seen.events[1].bytes, 199'999U);
    EXPECT_EQ(seen.events[2].bytes, 200'000U);
    EXPECT_EQ(seen.events[3].bytes, 1000U);
}

TEST(Hub, WhatCannotBeHeldIsCountedAndSaid) {
    Seen seen;
    std::latch arrived(1), go_on(1);
    Hub hub;
    hub.add(std::make_unique<Stalled>(arrived, go_on));
    hub.add(std::make_unique<Recorder>(seen));
    hub.note(Level::error, "first");
    arrived.wait();
    for (int i = 0; i < 100'007; ++i) hub.note(Level::info, "x");
    Event end;
    end.type = Type::job_finished;
    hub.emit(end);
    go_on.count_down();
    hub.close();
    ASSERT_EQ(seen.events.size(), 1U + 100'000 + 1 + 1);
    EXPECT_EQ(seen.events[100'001].type, Type::job_finished);
    EXPECT_THAT(seen.events.back().text, testing::StartsWith("7 events were not shown"));
}

TEST(Hub, EventsAfterCloseAreIgnored) {
    Seen seen;
    Hub hub;
    hub.add(std::make_unique<Recorder>(seen));
    hub.close();
    hub.note(Level::error, "late");
    EXPECT_TRUE(seen.events.empty());
}

}  // namespace
}  // namespace haul::report
