#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
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

Error planned(Code code, Retry retry = Retry::never) {
    Error error = make_error(code, "put", "s3://bucket/a", "planned");
    error.retry = retry;
    return error;
}

TEST(Outage, PausesProbesAndGoesOnWithoutCounting) {
    struct Row {
        const char* name;
        Error error;
    };
    const Row rows[] = {
        {"denied", planned(Code::denied)},
        {"unavailable", planned(Code::unavailable, Retry::later)},
        {"timed out", planned(Code::timed_out, Retry::later)},
        {"credentials", planned(Code::io, Retry::after_credentials)},
        {"no_space", planned(Code::no_space)},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(row.name);
        Harness h;
        h.options.end_on_no_space = false;
        std::atomic<bool> up = false;
        std::atomic<int> probes = 0, begun_while_down = 0;
        h.options.probe = [&]() -> Status {
            if (++probes < 3) return failure(row.error);
            up = true;
            return {};
        };
        h.handlers["unit"] = [&](Context& context) -> Result<Outcome> {
            if (up) return Outcome{};
            if (probes > 0) ++begun_while_down;
            EXPECT_EQ(context.lease.failures, 0);
            return failure(row.error);
        };
        h.add_many("unit", 5);
        const Result<Summary> summary = h.run();
        ASSERT_TRUE(summary) << summary.error().message();
        EXPECT_EQ(summary->done, 5U);
        EXPECT_EQ(probes, 3);
        EXPECT_EQ(begun_while_down, 0);
        EXPECT_THAT(h.said(Type::unit_failed), SizeIs(0));
        ASSERT_THAT(h.said(Type::store_down), SizeIs(1));
        EXPECT_EQ(h.said(Type::store_down)[0].subject, "s3://bucket/a");
        EXPECT_THAT(h.said(Type::store_up), SizeIs(1));
    }
}

TEST(Outage, ProbesBackOffToAMinuteAndEndAfterTheLimit) {
    clock::Fixed time(100s, 100s);
    Harness h;
    h.options.workers = 1;
    h.options.retry_base = 1s;
    h.options.retry_cap = 60s;
    std::vector<std::chrono::nanoseconds> at;
    h.options.probe = [&]() -> Status {
        at.push_back(clock::boot() - 100s);
        return failure(planned(Code::unavailable));
    };
    h.handlers["unit"] = [](Context&) -> Result<Outcome> { return failure(planned(Code::unavailable)); };
    h.add("unit", "a");
    const Result<Summary> summary = h.run();
    ASSERT_FALSE(summary);
    EXPECT_EQ(summary.error().code, Code::unavailable);
    EXPECT_THAT(summary.error().message(), testing::HasSubstr("out for 6:00:00"));
    ASSERT_GT(at.size(), 8U);
    const std::vector<std::chrono::nanoseconds> begin(at.begin(), at.begin() + 8);
    EXPECT_THAT(begin, testing::ElementsAre(1s, 3s, 7s, 15s, 31s, 63s, 123s, 183s));
    EXPECT_EQ(at.back(), 6h);
    EXPECT_EQ(h.unit("unit", "a").state, State::queued);
    EXPECT_EQ(h.unit("unit", "a").failures, 0);
}

// A probe that succeeds while the work still fails must neither spin nor go on for ever.
TEST(Outage, ProbeThatLiesEndsAfterTheLimit) {
    for (const bool with_probe : {true, false}) {
        SCOPED_TRACE(with_probe);
        clock::Fixed time(100s, 100s);
        Harness h;
        h.options.workers = 1;
        h.options.retry_base = 1s;
        h.options.retry_cap = 60s;
        h.options.max_outage = 10min;
        if (with_probe) h.options.probe = []() -> Status { return {}; };
        std::atomic<int> calls = 0;
        h.handlers["unit"] = [&](Context&) -> Result<Outcome> {
            if (++calls > 1000) return Outcome{};
            return failure(planned(Code::denied));
        };
        h.add("unit", "a");
        const Result<Summary> summary = h.run();
        ASSERT_FALSE(summary);
        EXPECT_EQ(summary.error().code, Code::denied);
        EXPECT_LT(calls, 20);
    }
}

TEST(Outage, SuccessBetweenOutagesStartsTheLimitAnew) {
    clock::Fixed time(100s, 100s);
    Harness h;
    h.options.workers = 1;
    h.options.retry_base = h.options.retry_cap = 6min;
    h.options.max_outage = 10min;
    h.options.probe = []() -> Status { return {}; };
    std::map<std::string, int> calls;
    h.handlers["unit"] = [&](Context& context) -> Result<Outcome> {
        if (++calls[context.lease.key] == 1) return failure(planned(Code::unavailable));
        return Outcome{};
    };
    h.add_many("unit", 5);
    const Result<Summary> summary = h.run();
    ASSERT_TRUE(summary) << summary.error().message();
    EXPECT_EQ(summary->done, 5U);
    EXPECT_GE(clock::boot(), 100s + 30min);
}

TEST(Outage, ProbeThatFindsAnotherOwnerEndsTheRun) {
    Harness h;
    h.options.probe = []() -> Status { return failure(planned(Code::fenced)); };
    h.handlers["unit"] = [](Context&) -> Result<Outcome> { return failure(planned(Code::denied)); };
    h.add("unit", "a");
    EXPECT_EQ(h.run().error().code, Code::fenced);
}

TEST(Outage, DrainEndsThePause) {
    Harness h;
    h.options.workers = 3;
    h.options.retry_base = h.options.retry_cap = 1h;
    std::atomic<int> probes = 0;
    h.options.probe = [&]() -> Status {
        ++probes;
        return {};
    };
    h.handlers["unit"] = [&](Context&) -> Result<Outcome> { return failure(planned(Code::unavailable)); };
    h.add_many("unit", 4);
    std::jthread user([&] {
        std::this_thread::sleep_for(50ms);
        h.shutdown.request_drain();
    });
    const Result<Summary> summary = h.run();
    ASSERT_TRUE(summary) << summary.error().message();
    EXPECT_TRUE(summary->drained);
    EXPECT_EQ(probes, 0);
    EXPECT_EQ(h.unit("unit", "1000").state, State::queued);
}

}  // namespace
}  // namespace haul::engine
