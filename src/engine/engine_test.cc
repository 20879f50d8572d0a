#include "engine/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <exception>
#include <latch>
#include <set>
#include <string>
#include <thread>

#include "base/clock.h"
#include "engine/run_harness.h"

namespace haul::engine {
namespace {

using harness::Harness;
using ledger::Outcome;
using ledger::State;
using report::Type;
using testing::HasSubstr;
using testing::SizeIs;
using namespace std::chrono_literals;

Result<Outcome> fails_with(Code code) { return failure(code, "do", "it", "planned"); }

TEST(Engine, RunsEveryUnitOnceAndItsFollowUps) {
    Harness h;
    h.options.workers = 4;
    std::mutex mutex;
    std::multiset<std::string> seen;
    h.handlers["first"] = [&](Context& context) -> Result<Outcome> {
        const std::lock_guard lock(mutex);
        seen.insert("first " + context.lease.key);
        Outcome outcome;
        outcome.units.push_back({"second", context.lease.key, "{}", 0});
        outcome.facts.push_back({"seen", context.lease.key, "1"});
        return outcome;
    };
    h.handlers["second"] = [&](Context& context) -> Result<Outcome> {
        const std::lock_guard lock(mutex);
        seen.insert("second " + context.lease.key);
        return Outcome{};
    };
    h.add_many("first", 100);
    const Result<Summary> summary = h.run();
    ASSERT_TRUE(summary) << summary.error().message();
    EXPECT_EQ(summary->done, 200U);
    EXPECT_EQ(summary->set_aside, 0U);
    EXPECT_FALSE(summary->drained);
    EXPECT_THAT(seen, SizeIs(200));
    EXPECT_THAT(std::set(seen.begin(), seen.end()), SizeIs(200));
    EXPECT_EQ(ledger::fact(h.ledger, "seen", "1042").value(), "1");
}

TEST(Engine, EndsAtOnceWithoutUnits) {
    Harness h;
    h.options.idle_poll = 1h;
    EXPECT_EQ(h.run().value().done, 0U);
}

TEST(Engine, FailedUnitIsTriedAgainWithinTheJitter) {
    Harness h;
    h.options.workers = 1;  // another worker may fail the unit again before the first one has said so
    h.options.retry_cap = 3ms;
    std::atomic<int> calls = 0;
    std::vector<std::chrono::nanoseconds> delays;
    h.ledger.on_fail = [&](std::chrono::nanoseconds delay) { delays.push_back(delay); };
    h.handlers["unit"] = [&](Context&) -> Result<Outcome> {
        if (++calls < 5) return fails_with(Code::corrupt);
        return Outcome{};
    };
    h.add("unit", "a");
    const Result<Summary> summary = h.run();
    ASSERT_TRUE(summary);
    EXPECT_EQ(summary->done, 1U);
    const std::vector<std::chrono::nanoseconds> ceilings = {1ms, 2ms, 3ms, 3ms};
    ASSERT_EQ(delays.size(), ceilings.size());
    for (std::size_t i = 0; i < delays.size(); ++i) EXPECT_LE(delays[i], ceilings[i]) << i;
    const std::vector<report::Event> failed = h.said(Type::unit_failed);
    ASSERT_THAT(failed, SizeIs(4));
    EXPECT_EQ(failed[1].unit, "unit a");
    EXPECT_THAT(failed[1].text, HasSubstr("(failure 2 of 5)"));
    EXPECT_EQ(failed[1].error->code, Code::corrupt);
    EXPECT_EQ(failed[0].error->state, "leased");
    EXPECT_EQ(failed[2].error->state, "leased, after 2 failures");
}

TEST(Engine, WaitsAsLongAsTheServiceAskedFor) {
    Harness h;
    std::vector<std::chrono::nanoseconds> delays;
    h.ledger.on_fail = [&](std::chrono::nanoseconds delay) { delays.push_back(delay); };
    h.handlers["unit"] = [&](Context& context) -> Result<Outcome> {
        if (context.lease.failures > 0) return Outcome{};
        Error error = make_error(Code::io, "do", "it", "planned");
        error.retry_after = 30ms;
        return failure(std::move(error));
    };
    h.add("unit", "a");
    ASSERT_TRUE(h.run());
    ASSERT_THAT(delays, SizeIs(1));
    EXPECT_EQ(delays[0], 30ms);
}

TEST(Engine, ThreeDeathsOfItsChildSetAUnitAside) {
    Harness h;
    h.options.workers = 1;
    std::atomic<int> calls = 0;
    h.handlers["unit"] = [&](Context& context) -> Result<Outcome> {
        if (context.lease.key == "good") return Outcome{};
        ++calls;
        Error error = make_error(Code::io, "ask", "child", "it ended");
        error.child_died = true;
        return failure(std::move(error).within("do", "it"));
    };
    h.add("unit", "a");
    h.add("unit", "good");
    const Result<Summary> summary = h.run();
    ASSERT_TRUE(summary);
    EXPECT_EQ(calls, 3);
    EXPECT_EQ(summary->set_aside, 1U);
    EXPECT_EQ(summary->done, 1U);
    ASSERT_THAT(h.said(Type::unit_failed), SizeIs(2));
    EXPECT_EQ(h.said(Type::unit_failed)[1].error->state, "leased, after 1 death");
    const auto aside = h.said(Type::unit_set_aside);
    ASSERT_THAT(aside, SizeIs(1));
    EXPECT_THAT(aside[0].text, HasSubstr("3 deaths of its child process"));
}

TEST(Engine, FiveFailuresSetAsideAndTheOthersGoOn) {
    Harness h;
    std::atomic<int> calls = 0;
    h.handlers["unit"] = [&](Context& context) -> Result<Outcome> {
        if (context.lease.key != "1003") return Outcome{};
        ++calls;
        return fails_with(Code::corrupt);
    };
    h.add_many("unit", 10);
    const Result<Summary> summary = h.run();
    ASSERT_TRUE(summary);
    EXPECT_EQ(summary->done, 9U);
    EXPECT_EQ(summary->set_aside, 1U);
    EXPECT_FALSE(summary->drained);
    EXPECT_EQ(calls, 5);
    EXPECT_EQ(h.unit("unit", "1003").state, State::set_aside);
    const std::vector<report::Event> aside = h.said(Type::unit_set_aside);
    ASSERT_THAT(aside, SizeIs(1));
    EXPECT_EQ(aside[0].level, report::Level::error);
    EXPECT_THAT(aside[0].text, HasSubstr("the same command tries it again"));
    EXPECT_THAT(h.said(Type::unit_failed), SizeIs(4));
}

TEST(Engine, EachCodeMeansWhatTheDoorSays) {
    struct Row {
        Code code;
        bool ends;
        int calls;
    };
    const Row rows[] = {
        {Code::internal, false, 5},    {Code::usage, false, 1},
        {Code::not_found, false, 5},   {Code::exists, false, 5},
        {Code::changed, false, 5},     {Code::corrupt, false, 5},
        {Code::unsupported, false, 5}, {Code::io, false, 5},
        {Code::interrupted, false, 5},  // nobody stopped it: a failure, or it would turn in circles
        {Code::fenced, true, 1},       {Code::busy, true, 1},
        {Code::no_space, true, 1},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(name_of(row.code));
        Harness h;
        h.options.workers = 1;
        std::atomic<int> calls = 0;
        h.handlers["unit"] = [&](Context&) {
            ++calls;
            return fails_with(row.code);
        };
        h.add("unit", "a");
        const Result<Summary> summary = h.run();
        EXPECT_EQ(summary.has_value(), !row.ends);
        if (!summary) {
            EXPECT_EQ(summary.error().code, row.code);
        }
        EXPECT_EQ(calls, row.calls);
        const ledger::UnitRow unit = h.unit("unit", "a");
        EXPECT_EQ(unit.state, row.ends ? State::queued : State::set_aside);
        EXPECT_EQ(unit.failures, row.ends ? 0 : row.calls);
    }
}

TEST(Engine, RunsOnlyTheKindsThatAreWanted) {
    Harness h;
    std::atomic<bool> closed = false;
    std::atomic<int> fetched = 0;
    h.options.kinds = [&] {
        return closed ? std::vector<std::string>{"judge"} : std::vector<std::string>{"fetch", "judge"};
    };
    h.options.workers = 1;
    h.handlers["fetch"] = [&](Context& context) -> Result<Outcome> {
        if (++fetched == 3) closed = true;
        Outcome outcome;
        outcome.units.push_back({"judge", context.lease.key, "{}", 0});
        return outcome;
    };
    h.handlers["judge"] = [](Context&) -> Result<Outcome> { return Outcome{}; };
    h.add_many("fetch", 10);
    h.add_many("export", 1);
    const Result<Summary> summary = h.run();
    ASSERT_TRUE(summary) << summary.error().message();
    EXPECT_EQ(summary->done, 6U);
    EXPECT_FALSE(summary->drained);
    EXPECT_EQ(h.unit("fetch", "1003").state, State::queued);
    EXPECT_EQ(h.unit("judge", "1002").state, State::done);
    EXPECT_EQ(h.unit("export", "1000").state, State::queued);
}

TEST(Engine, WhatIsPutOffCountsNoFailureAndHoldsNobodyUp) {
    Harness h;
    std::atomic<int> tries = 0;
    h.options.put_off = [](const Error& error) -> std::optional<std::chrono::nanoseconds> {
        if (error.code != Code::unavailable) return std::nullopt;
        return 2ms;
    };
    h.handlers["host"] = [&](Context& context) -> Result<Outcome> {
        EXPECT_EQ(context.lease.failures, 0);
        if (++tries <= 3 * ledger::kFailuresToSetAside) return fails_with(Code::unavailable);
        return Outcome{};
    };
    h.handlers["other"] = [](Context&) -> Result<Outcome> { return fails_with(Code::corrupt); };
    h.add("host", "1");
    h.add("other", "1");
    const Result<Summary> summary = h.run();
    ASSERT_TRUE(summary) << summary.error().message();
    EXPECT_EQ(summary->done, 1U);
    EXPECT_EQ(summary->set_aside, 1U);
    EXPECT_EQ(tries, 3 * ledger::kFailuresToSetAside + 1);
    EXPECT_THAT(h.said(Type::store_down), SizeIs(0));
}

TEST(Engine, ExceptionsEndAtTheWorker) {
    Harness h;
    h.handlers["standard"] = [](Context&) -> Result<Outcome> {
        static_cast<void>(std::vector<int>().at(1));
        return Outcome{};
    };
    h.handlers["odd"] = [](Context&) -> Result<Outcome> {
        std::rethrow_exception(std::make_exception_ptr(7));
    };
    h.add("standard", "a");
    h.add("odd", "a");
    const Result<Summary> summary = h.run();
    ASSERT_TRUE(summary);
    EXPECT_EQ(summary->set_aside, 2U);
    for (const report::Event& event : h.said(Type::unit_set_aside)) {
        EXPECT_EQ(event.error->code, Code::internal);
        EXPECT_THAT(event.error->message(), HasSubstr("exception"));
    }
}

TEST(Engine, UnknownKindEndsTheRunAndKeepsTheUnit) {
    Harness h;
    h.add("unheard", "a");
    const Result<Summary> summary = h.run();
    ASSERT_FALSE(summary);
    EXPECT_EQ(summary.error().code, Code::internal);
    EXPECT_THAT(summary.error().message(), HasSubstr("unheard a"));
    EXPECT_EQ(h.unit("unheard", "a").state, State::queued);
}

TEST(Engine, LedgerErrorEndsTheRun) {
    Harness h;
    h.ledger.before_finish = [](const ledger::LeaseRef&) -> Status {
        return failure(Code::no_space, "commit", "ledger", "planned");
    };
    std::atomic<int> calls = 0;
    h.handlers["unit"] = [&](Context&) -> Result<Outcome> {
        ++calls;
        return Outcome{};
    };
    h.options.workers = 1;
    h.options.end_on_no_space = false;
    h.add_many("unit", 3);
    const Result<Summary> summary = h.run();
    ASSERT_FALSE(summary);
    EXPECT_EQ(summary.error().code, Code::no_space);
    EXPECT_EQ(calls, 1);
}

// With an idle poll of an hour only commits can wake the second worker.
TEST(Engine, CommitsWakeIdleWorkers) {
    Harness h;
    h.options.workers = 2;
    h.options.idle_poll = 1h;
    std::latch both(2);
    h.handlers["seed"] = [&](Context& context) -> Result<Outcome> {
        std::this_thread::sleep_for(20ms);  // until the other worker is idle
        Outcome outcome;
        outcome.units.push_back({"pair", "a", "{}", 0});
        TRY(context.checkpoint("half", outcome));
        both.arrive_and_wait();
        return Outcome{};
    };
    h.handlers["pair"] = [&](Context&) -> Result<Outcome> {
        both.arrive_and_wait();
        return Outcome{};
    };
    h.add("seed", "a");
    EXPECT_EQ(h.run().value().done, 2U);
}

TEST(Engine, CheckpointReturnsWithTheNextLease) {
    Harness h;
    std::string found;
    h.handlers["unit"] = [&](Context& context) -> Result<Outcome> {
        found = context.lease.checkpoint;
        if (!found.empty()) return Outcome{};
        TRY(context.checkpoint("{\"at\":3}"));
        return fails_with(Code::io);
    };
    h.add("unit", "a");
    ASSERT_TRUE(h.run());
    EXPECT_EQ(found, "{\"at\":3}");
}

TEST(Engine, AloneMeansNothingBesideIt) {
    Harness h;
    h.options.workers = 4;
    h.ledger.on_claim = [](std::vector<ledger::Lease>& leases) {
        for (ledger::Lease& lease : leases) lease.alone = lease.kind == "alone";
    };
    std::atomic<int> at_work = 0, most = 0, beside = 0;
    const auto work = [&](bool alone) {
        const int now = ++at_work;
        if (now > most) most = now;
        for (int i = 0; i < 20; ++i) {
            std::this_thread::sleep_for(200us);
            if (alone && at_work != 1) ++beside;
        }
        --at_work;
        return Outcome{};
    };
    h.handlers["alone"] = [&](Context&) -> Result<Outcome> { return work(true); };
    h.handlers["unit"] = [&](Context&) -> Result<Outcome> { return work(false); };
    for (int i = 0; i < 5; ++i) {
        h.add_many("unit", 4 * i + 4);
        h.add("alone", std::to_string(i));
    }
    EXPECT_EQ(h.run().value().done, 25U);
    EXPECT_EQ(beside, 0);
    EXPECT_GT(most, 1);
}

TEST(Engine, WorkersGoIdleOnTheDisplay) {
    Harness h;
    h.options.workers = 1;
    h.handlers["unit"] = [](Context&) -> Result<Outcome> { return Outcome{}; };
    h.add_many("unit", 3);
    ASSERT_TRUE(h.run());
    const std::vector<report::Event> idle = h.said(Type::worker);
    ASSERT_THAT(idle, SizeIs(1));
    EXPECT_EQ(idle[0].subject, "");
}

}  // namespace
}  // namespace haul::engine
