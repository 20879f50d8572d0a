#include "ledger/watched_ledger.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "ledger/conformance/conformance.h"
#include "ledger/memory/memory_ledger.h"
#include "ledger/sqlite/sqlite_ledger.h"
#include "ledger/test_folder.h"

namespace haul::ledger {
namespace {

Result<std::unique_ptr<Ledger>> over_memory() {
    auto watched = std::make_unique<WatchedLedger>();
    TRY(watched->exchange([]() -> Result<std::unique_ptr<Ledger>> { return make_memory_ledger(); }));
    return watched;
}

class Watched : public testing::TestWithParam<std::string_view> {};

TEST_P(Watched, Keeps) {
    const conformance::Verdict verdict =
        conformance::check(GetParam(), {.make = [] { return over_memory(); }, .reopen = {}});
    EXPECT_TRUE(verdict.passed) << verdict.detail;
}

const auto kName = [](const auto& info) { return std::string(info.param); };
INSTANTIATE_TEST_SUITE_P(Promise, Watched, testing::ValuesIn(conformance::promises(false)), kName);

Outcome units(int from, int count) {
    Outcome outcome;
    for (int i = from; i < from + count; ++i) outcome.units.push_back({"part", std::to_string(i), "{}", 0});
    return outcome;
}

// What one worker does until nothing is left; its claims, the empty ones included.
std::uint64_t work(Ledger& ledger) {
    for (std::uint64_t claims = 1;; ++claims) {
        const auto leases = ledger.claim({.kinds = {}, .count = 1, .owner = "me"});
        EXPECT_TRUE(leases);
        if (!leases || leases->empty()) return claims;
        EXPECT_TRUE(ledger.finish(leases->front().ref, {}));
    }
}

TEST(WatchedLedger, SixtyFourWaitAndEachCallIsCounted) {
    constexpr std::uint64_t kWorkers = 64, kUnits = 1000;
    const TestFolder folder;
    WatchedLedger watched;
    ASSERT_TRUE(watched.exchange([&]() -> Result<std::unique_ptr<Ledger>> {
        OpenedSqlite opened = TRY(open_sqlite(folder.path("ledger.sqlite")));
        return std::move(opened.ledger);
    }));
    ASSERT_TRUE(watched.record(units(0, kUnits)));
    std::atomic<std::uint64_t> claims = 0;
    std::vector<std::thread> workers;
    workers.reserve(kWorkers);
    for (std::uint64_t i = 0; i < kWorkers; ++i) workers.emplace_back([&] { claims += work(watched); });
    for (std::thread& worker : workers) worker.join();

    const auto claimed = watched.claims(), committed = watched.commits();
    EXPECT_EQ(claimed.calls, claims);
    EXPECT_EQ(claimed.calls, kUnits + kWorkers);
    EXPECT_EQ(committed.calls, kUnits + 1);
    for (const auto& waits : {claimed, committed}) {
        EXPECT_EQ(waits.waiting, 0U);
        EXPECT_EQ(waits.within.back(), waits.calls);  // nobody waited a minute
        EXPECT_LE(waits.sum, waits.longest * static_cast<std::int64_t>(waits.calls));
        EXPECT_GT(waits.longest.count(), 0);
        // Whoever is first in line is served next: else somebody would have seen hundreds pass.
        EXPECT_LT(waits.most_overtaken, kUnits / 2);
        RecordProperty("most_overtaken", std::to_string(waits.most_overtaken));
    }
}

TEST(WatchedLedger, IsOneLedgerWhileTheOneBeneathIsExchanged) {
    WatchedLedger watched;
    EXPECT_EQ(watched.read({}).error().code, Code::internal);
    const auto fresh = []() -> Result<std::unique_ptr<Ledger>> { return make_memory_ledger(); };
    ASSERT_TRUE(watched.exchange(fresh));
    ASSERT_TRUE(watched.record(units(0, 1)));
    ASSERT_TRUE(watched.exchange(fresh));
    EXPECT_TRUE(watched.claim({.kinds = {}, .count = 1, .owner = "me"})->empty());
    const Status failed = watched.exchange([]() -> Result<std::unique_ptr<Ledger>> {
        return failure(Code::no_space, "open ledger", "x", "full");
    });
    EXPECT_EQ(failed.error().code, Code::no_space);
    EXPECT_EQ(watched.record({}).error().code, Code::internal);
    ASSERT_TRUE(watched.exchange(fresh));
    EXPECT_TRUE(watched.record({}));
}

}  // namespace
}  // namespace haul::ledger
