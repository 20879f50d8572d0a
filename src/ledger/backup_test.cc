#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "ledger/memory/memory_ledger.h"
#include "ledger/sqlite/sqlite_ledger.h"
#include "ledger/test_folder.h"

namespace haul::ledger {
namespace {

void add(Ledger& ledger, int number) {
    Outcome outcome;
    outcome.facts.push_back({"n", std::to_string(100'000 + number), "\"" + std::string(300, 'x') + "\""});
    outcome.units.push_back({"unit", std::to_string(number), "{}", 0});
    ASSERT_TRUE(ledger.record(outcome));
}

std::size_t facts_in(const Ledger& ledger) {
    std::size_t count = 0;
    EXPECT_TRUE(for_each_fact(ledger, "n", [&](const Fact&) -> Status {
        ++count;
        return {};
    }));
    return count;
}

TEST(LedgerBackup, IsALedgerWithAllThatWasKnown) {
    const TestFolder folder;
    auto original = open_sqlite(folder.path("ledger.sqlite")).value();
    for (int i = 0; i < 50; ++i) add(*original.ledger, i);
    const Status made = original.ledger->back_up(folder.path("copy.sqlite"));
    ASSERT_TRUE(made) << made.error().message();
    add(*original.ledger, 50);
    const auto copy = open_sqlite(folder.path("copy.sqlite")).value();
    EXPECT_FALSE(copy.created);
    EXPECT_FALSE(copy.damage);
    EXPECT_EQ(facts_in(*copy.ledger), 50U);
    EXPECT_EQ(copy.ledger->claim({.kinds = {"unit"}, .count = 100, .owner = "me"}).value().size(), 50U);
    EXPECT_EQ(facts_in(*original.ledger), 51U);
}

TEST(LedgerBackup, OthersWriteMeanwhileAndItIsWhole) {
    const TestFolder folder;
    auto original = open_sqlite(folder.path("ledger.sqlite")).value();
    // Above one step's pages.
    for (int i = 0; i < 20'000; i += 1000) {
        Outcome outcome;
        for (int j = i; j < i + 1000; ++j)
            outcome.facts.push_back({"n", std::to_string(100'000 + j), "\"" + std::string(500, 'x') + "\""});
        ASSERT_TRUE(original.ledger->record(outcome));
    }
    std::atomic<bool> over = false;
    std::jthread writing([&] {
        for (int i = 20'000; !over; ++i) add(*original.ledger, i);
    });
    for (int turn = 0; turn < 3; ++turn) {
        const std::string path = folder.path("copy-" + std::to_string(turn));
        const Status made = original.ledger->back_up(path);
        ASSERT_TRUE(made) << made.error().message();
        const auto copy = open_sqlite(path).value();
        EXPECT_FALSE(copy.damage);
        EXPECT_GE(facts_in(*copy.ledger), 20'000U);
    }
    over = true;
}

TEST(LedgerBackup, WhereItCannotBeWrittenIsSaid) {
    const TestFolder folder;
    auto original = open_sqlite(folder.path("ledger.sqlite")).value();
    add(*original.ledger, 1);
    EXPECT_FALSE(original.ledger->back_up(folder.path("no/such/folder")));
    add(*original.ledger, 2);
    EXPECT_EQ(facts_in(*original.ledger), 2U);
    EXPECT_EQ(make_memory_ledger()->back_up(folder.path("copy")).error().code, Code::unsupported);
}

}  // namespace
}  // namespace haul::ledger
