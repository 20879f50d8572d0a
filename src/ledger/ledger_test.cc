// Going through all facts or units of a kind, over the pages of `read`.
#include "ledger/ledger.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "ledger/memory/memory_ledger.h"

namespace haul::ledger {
namespace {

constexpr int kMany = 2'500;  // two pages and a half

class Paging : public testing::Test {
  protected:
    void SetUp() override {
        Outcome outcome;
        for (int n = 0; n < kMany; ++n) {
            expected_.push_back(fmt::format("{:05}", n));
            outcome.facts.push_back({"many", expected_.back(), "1"});
            outcome.units.push_back({"many", expected_.back(), "{}", n});
        }
        outcome.facts.push_back({"one", "a", "1"});
        outcome.units.push_back({"one", "a", "{}", 0});
        ASSERT_TRUE(ledger_->record(outcome).has_value());
    }

    std::unique_ptr<Ledger> ledger_ = make_memory_ledger();
    std::vector<std::string> expected_;
};

TEST_F(Paging, VisitsEveryFactOfItsKindInOrder) {
    std::vector<std::string> seen;
    ASSERT_TRUE(for_each_fact(*ledger_, "many", [&](const Fact& fact) -> Status {
                    seen.push_back(fact.key);
                    return {};
                }).has_value());
    EXPECT_EQ(seen, expected_);
}

TEST_F(Paging, VisitsEveryUnitOfItsKindInOrder) {
    std::vector<std::string> seen;
    ASSERT_TRUE(for_each_unit(*ledger_, "many", [&](const UnitRow& unit) -> Status {
                    seen.push_back(unit.key);
                    return {};
                }).has_value());
    EXPECT_EQ(seen, expected_);
}

TEST_F(Paging, EndsWithTheVisitorsError) {
    int calls = 0;
    const Status done = for_each_fact(*ledger_, "many", [&](const Fact&) -> Status {
        return ++calls == 3 ? Status(failure(Code::corrupt, "look at", "fact", "no")) : Status();
    });
    ASSERT_FALSE(done.has_value());
    EXPECT_EQ(done.error().code, Code::corrupt);
    EXPECT_EQ(calls, 3);
}

}  // namespace
}  // namespace haul::ledger
