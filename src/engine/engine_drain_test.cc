#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <thread>

#include "base/clock.h"
#include "engine/run_harness.h"

namespace haul::engine {
namespace {

using harness::Harness;
using ledger::Outcome;
using ledger::State;
using report::Type;
using testing::SizeIs;
using namespace std::chrono_literals;

// Works until it is told to end, checkpointing on the way.
Result<Outcome> work_until_told(Context& context) {
    while (true) {
        TRY(context.check_stop());
        TRY(context.checkpoint("here"));
        std::this_thread::sleep_for(1ms);
    }
}

Status wait_for(const std::stop_token& token) {
    while (!token.stop_requested()) std::this_thread::sleep_for(1ms);
    return failure(Code::interrupted, "wait", "token", "stopped");
}

TEST(Drain, ReleasesAtTheNextCheckpointWithoutCounting) {
    Harness h;
    h.options.workers = 2;
    std::latch begun(2);
    h.handlers["unit"] = [&](Context& context) -> Result<Outcome> {
        TRY(context.checkpoint("here"));
        begun.count_down();
        return work_until_told(context);
    };
    h.add_many("unit", 6);
    std::jthread user([&] {
        begun.wait();
        h.shutdown.request_drain();
    });
    const clock::Nanoseconds start = clock::boot();
    const Result<Summary> summary = h.run();
    ASSERT_TRUE(summary) << summary.error().message();
    EXPECT_LT(clock::boot() - start, 5s);
    EXPECT_TRUE(summary->drained);
    EXPECT_EQ(summary->done, 0U);
    EXPECT_THAT(h.said(Type::draining), SizeIs(1));
    for (const char* key : {"1000", "1001"}) {
        const ledger::UnitRow unit = h.unit("unit", key);
        EXPECT_EQ(unit.state, State::queued);
        EXPECT_EQ(unit.failures, 0);
        EXPECT_EQ(unit.checkpoint, "here");
        EXPECT_EQ(unit.epoch, 1U);
    }
    EXPECT_EQ(h.unit("unit", "1002").epoch, 0U) << "nothing new is begun";
}

TEST(Drain, OfTheLastUnitThatFinishesIsNoDrain) {
    Harness h;
    h.handlers["unit"] = [&](Context&) -> Result<Outcome> {
        h.shutdown.request_drain();
        return Outcome{};
    };
    h.add("unit", "a");
    const Result<Summary> summary = h.run();
    ASSERT_TRUE(summary);
    EXPECT_EQ(summary->done, 1U);
    EXPECT_FALSE(summary->drained);
}

TEST(Drain, BeforeTheRunBeginsNothing) {
    Harness h;
    std::atomic<int> calls = 0;
    h.handlers["unit"] = [&](Context&) -> Result<Outcome> {
        ++calls;
        return Outcome{};
    };
    h.add("unit", "a");
    h.shutdown.request_drain();
    EXPECT_TRUE(h.run().value().drained);
    EXPECT_EQ(calls, 0);
}

TEST(Drain, WakesWhoWaitsForItsTimeOrToBeAlone) {
    Harness h;
    h.options.workers = 3;
    h.options.idle_poll = 1h;
    h.ledger.on_claim = [](std::vector<ledger::Lease>& leases) {
        for (ledger::Lease& lease : leases) lease.alone = lease.kind == "alone";
    };
    h.handlers["unit"] = [&](Context& context) { return work_until_told(context); };
    h.handlers["alone"] = [](Context&) -> Result<Outcome> { return Outcome{}; };
    h.add("unit", "a");
    h.add("alone", "a");
    std::jthread user([&] {
        std::this_thread::sleep_for(50ms);
        h.shutdown.request_drain();
    });
    EXPECT_TRUE(h.run().value().drained);
    EXPECT_EQ(h.unit("alone", "a").state, State::queued);
}

TEST(Drain, BecomesAStopForWorkThatDoesNotEnd) {
    Harness h;
    Shutdown impatient(false, 30ms);
    h.handlers["unit"] = [&](Context& context) -> Result<Outcome> {
        impatient.request_drain();
        TRY(wait_for(context.shutdown.stop()));
        return Outcome{};
    };
    h.add("unit", "a");
    const Result<Summary> summary = engine::run(h.ledger, h.handlers, h.options, h.hub, h.memory, impatient);
    ASSERT_TRUE(summary) << summary.error().message();
    EXPECT_TRUE(summary->drained);
}

// The one that learns of it ends the run; the others are told, and the process's own Shutdown is not touched.
TEST(Drain, AnErrorThatEndsTheRunStopsTheOthers) {
    for (const bool fenced : {true, false}) {
        SCOPED_TRACE(fenced);
        Harness h;
        h.options.workers = 2;
        std::latch begun(2);
        h.handlers["long"] = [&](Context& context) -> Result<Outcome> {
            begun.arrive_and_wait();
            TRY(wait_for(fenced ? context.shutdown.stop() : context.shutdown.drain()));
            return Outcome{};
        };
        h.handlers["short"] = [&](Context&) -> Result<Outcome> {
            begun.arrive_and_wait();
            return failure(fenced ? Code::fenced : Code::no_space, "publish", "part", "planned");
        };
        h.add("long", "a");
        h.add("short", "a");
        const Result<Summary> summary = h.run();
        ASSERT_FALSE(summary);
        EXPECT_EQ(summary.error().code, fenced ? Code::fenced : Code::no_space);
        EXPECT_FALSE(h.shutdown.draining());
        EXPECT_THAT(h.said(Type::draining), SizeIs(0));
        EXPECT_EQ(h.unit("long", "a").state, State::queued);
        EXPECT_EQ(h.unit("long", "a").failures, 0);
    }
}

TEST(Drain, EndsAWaitForMemory) {
    Harness h;
    Reservation all = h.memory.reserve(1000, "all", {}).value();
    h.handlers["unit"] = [&](Context& context) -> Result<Outcome> {
        h.shutdown.request_drain();
        const Reservation more = TRY(context.memory.reserve(1, "more", context.shutdown.drain()));
        return Outcome{};
    };
    h.add("unit", "a");
    EXPECT_TRUE(h.run().value().drained);
}

}  // namespace
}  // namespace haul::engine
