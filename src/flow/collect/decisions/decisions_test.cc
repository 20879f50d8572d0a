#include "flow/collect/decisions/decisions.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/test_folder.h"
#include "flow/collect/decisions/object.h"
#include "ledger/memory/memory_ledger.h"
#include "store/local/local_store.h"
#include "store/memory/memory_store.h"

namespace haul::collect {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string id(unsigned number) {
    std::string text(26, 'a');
    for (std::size_t at = text.size(); number > 0; number /= 26)
        text[--at] = static_cast<char>('a' + number % 26);
    return text;
}
Decision closed(unsigned number) { return ChannelDecision{.channel = id(number), .reasons = {"adult"}}; }
Decision opened(unsigned number) { return ChannelDecision{.channel = id(number), .closed = false}; }
Decision tombstone(const std::string& item) {
    return Tombstone{.of = Erased::item, .salt = "5a", .hash = tombstone_hash("5a", Erased::item, item)};
}

// A corpus in a folder, and one in a service.
class DecisionsTest : public ::testing::TestWithParam<bool> {
  protected:
    DecisionsTest() {
        if (GetParam()) {
            out_ = store::local::LocalStore::open(folder_.path(), {}).value();
        } else {
            out_ = std::make_unique<store::memory::MemoryStore>();
        }
    }

    std::unique_ptr<Decisions> open() { return open(*ledger_); }
    std::unique_ptr<Decisions> open(ledger::Ledger& ledger) {
        followed_.clear();
        const auto follow = [this](const Decision& decision, ledger::Outcome&) -> Status {
            followed_.push_back(decision);
            return {};
        };
        auto made = Decisions::open(*out_, ledger, follow, {});
        EXPECT_TRUE(made) << made.error().message();
        return *std::move(made);
    }
    void make(Decisions& decisions, const Decision& decision) {
        ledger::Outcome outcome;
        decisions.owe(decision, outcome);
        ASSERT_TRUE(ledger_->record(outcome));
    }
    void put(std::uint64_t number, const std::vector<Decision>& decisions) {
        std::vector<std::string> texts;
        for (const Decision& one : decisions) texts.push_back(text_of(one));
        ASSERT_TRUE(store::create_object(*out_, object_name(number), object_text(texts)));
    }
    std::vector<std::uint64_t> numbers() { return list_decisions(*out_, {}).value().numbers; }
    // All that is written, in order.
    std::vector<Decision> written() {
        std::vector<Decision> all;
        for (const std::uint64_t number : numbers()) {
            const ReadObject read = read_decisions(*out_, object_name(number), {}).value();
            EXPECT_THAT(read.damaged, IsEmpty());
            all.insert(all.end(), read.decisions.begin(), read.decisions.end());
        }
        return all;
    }
    std::vector<std::string> flaws() {
        std::vector<std::string> found;
        EXPECT_TRUE(for_each_flaw(*ledger_, *out_, {}, [&](const Flaw& flaw) {
            found.push_back((flaw.is_missing ? "missing " : "damaged ") + flaw.name + ": " + flaw.detail);
        }));
        return found;
    }
    std::size_t owed() {
        std::size_t count = 0;
        EXPECT_TRUE(ledger::for_each_fact(*ledger_, "owed", [&](const ledger::Fact&) -> Status {
            ++count;
            return {};
        }));
        return count;
    }

    test::Folder folder_;
    std::unique_ptr<store::Store> out_;
    std::unique_ptr<ledger::Ledger> ledger_ = ledger::make_memory_ledger();
    std::vector<Decision> followed_;
};

TEST_P(DecisionsTest, WhatIsOwedIsWrittenOnce) {
    const auto decisions = open();
    ASSERT_TRUE(decisions->write({}));
    EXPECT_THAT(written(), IsEmpty());
    make(*decisions, closed(1));
    make(*decisions, closed(2));
    ASSERT_TRUE(decisions->write({}));
    ASSERT_TRUE(decisions->write({}));
    EXPECT_THAT(written(), ElementsAre(closed(1), closed(2)));
    make(*decisions, opened(1));
    ASSERT_TRUE(decisions->write({}));
    EXPECT_THAT(written(), ElementsAre(closed(1), closed(2), opened(1)));
    EXPECT_EQ(numbers().size(), 2U);
    EXPECT_EQ(owed(), 0U);
    open();
    EXPECT_THAT(followed_, IsEmpty());
    EXPECT_THAT(flaws(), IsEmpty());
}

TEST_P(DecisionsTest, ADecisionOfAnOutcomeThatWasNotCommittedIsNone) {
    const auto decisions = open();
    ledger::Outcome outcome;
    decisions->owe(closed(1), outcome);
    ASSERT_TRUE(decisions->write({}));
    EXPECT_THAT(written(), IsEmpty());
}

TEST_P(DecisionsTest, ARunThatDiedBeforeItCouldSayThatItWroteKnowsItsLines) {
    make(*open(), closed(1));
    make(*open(), closed(2));
    put(1, {closed(1), closed(2)});
    const auto decisions = open();
    EXPECT_THAT(followed_, IsEmpty());
    EXPECT_EQ(owed(), 0U);
    make(*decisions, closed(3));
    ASSERT_TRUE(decisions->write({}));
    EXPECT_THAT(written(), ElementsAre(closed(1), closed(2), closed(3)));
}

// As after an answer of a service that was lost, or a listing that was an old one.
TEST_P(DecisionsTest, AnObjectThatIsInTheWayIsTakenIn) {
    const auto decisions = open();
    make(*decisions, closed(1));
    make(*decisions, closed(2));
    put(1, {closed(1), closed(9)});
    ASSERT_TRUE(decisions->write({}));
    EXPECT_THAT(written(), ElementsAre(closed(1), closed(9), closed(2)));
    EXPECT_THAT(followed_, ElementsAre(closed(9)));
    EXPECT_EQ(owed(), 0U);
}

TEST_P(DecisionsTest, WhatOthersDecidedIsTakenInOnceAndTheLatestCounts) {
    put(1, {closed(1), closed(2), tombstone(id(7))});
    put(3, {opened(1), PersonsDecision{.item = id(8), .accepted = true},
            LicenceEvidence{.item = id(8), .licence = {.id = "CC0-1.0", .seen_ns = 5}}});
    auto decisions = open();
    EXPECT_EQ(followed_.size(), 6U);
    EXPECT_FALSE(decision_on_channel(*ledger_, id(1)).value()->closed);
    EXPECT_TRUE(decision_on_channel(*ledger_, id(2)).value()->closed);
    EXPECT_EQ(decision_on_channel(*ledger_, id(3)).value(), std::nullopt);
    EXPECT_EQ(evidence_of(*ledger_, id(8)).value()->seen_ns, 5);
    EXPECT_EQ(evidence_of(*ledger_, id(1)).value(), std::nullopt);
    decisions = open();
    EXPECT_THAT(followed_, IsEmpty());
    EXPECT_TRUE(decisions->is_erased(Erased::item, id(7)));
    EXPECT_FALSE(decisions->is_erased(Erased::item, id(8)));
    EXPECT_TRUE(decisions->of_person(id(8))->accepted);
    EXPECT_EQ(decisions->of_person(id(7)), std::nullopt);
    make(*decisions, closed(5));
    ASSERT_TRUE(decisions->write({}));
    EXPECT_THAT(numbers(), ElementsAre(1, 3, 4));
}

TEST_P(DecisionsTest, InOneObjectTheLatestCounts) {
    put(1, {closed(1), opened(1), opened(2), closed(2)});
    open();
    EXPECT_THAT(followed_, ElementsAre(closed(2), opened(1)));
}

TEST_P(DecisionsTest, ADamagedLineIsNamedAndTheOthersAreUsed) {
    std::string text = object_text({text_of(closed(1)), text_of(tombstone(id(7))), text_of(closed(3))});
    const std::string whole = text;
    text[text.find("tombstone") + 1] = 'x';
    ASSERT_TRUE(store::create_object(*out_, object_name(1), text));
    const auto decisions = open();
    ASSERT_EQ(decisions->damaged().size(), 1U);
    EXPECT_THAT(decisions->damaged().front().message(), HasSubstr("decisions/000001.jsonl line 3"));
    EXPECT_EQ(followed_.size(), 2U);
    EXPECT_THAT(flaws(),
                ElementsAre(HasSubstr("damaged decisions/000001.jsonl: read decisions/000001.jsonl line 3")));
    EXPECT_EQ(store::read_object(*out_, object_name(1), 10'000).value(), text) << "it stays";
    // Said again by each run, and used once it was put back; what was used is not used again.
    EXPECT_EQ(open()->damaged().size(), 1U);
    EXPECT_THAT(followed_, IsEmpty());
    ASSERT_TRUE(store::replace_object(*out_, object_name(1), whole));
    const auto mended = open();
    EXPECT_THAT(followed_, ElementsAre(tombstone(id(7))));
    EXPECT_TRUE(mended->is_erased(Erased::item, id(7)));
    EXPECT_THAT(mended->damaged(), IsEmpty());
    open();
    EXPECT_THAT(followed_, IsEmpty());
    EXPECT_THAT(flaws(), IsEmpty());
}

TEST_P(DecisionsTest, AnObjectThatIsGoneIsAFlaw) {
    const auto decisions = open();
    make(*decisions, closed(1));
    ASSERT_TRUE(decisions->write({}));
    ASSERT_TRUE(store::remove_object(*out_, object_name(1)));
    EXPECT_THAT(flaws(), ElementsAre(HasSubstr("missing decisions/000001.jsonl")));
    // Its number is not used again.
    const auto next = open();
    make(*next, closed(2));
    ASSERT_TRUE(next->write({}));
    EXPECT_THAT(numbers(), ElementsAre(2));
}

TEST_P(DecisionsTest, ManyGoInSeveralObjectsAndOnlyWhereThereAreMany) {
    const auto decisions = open();
    constexpr unsigned kMany = 1100;
    for (unsigned number = 0; number < kMany; ++number) {
        make(*decisions, closed(number));
        ASSERT_TRUE(decisions->write_if_many({}));
    }
    EXPECT_EQ(written().size(), 1000U);
    ASSERT_TRUE(decisions->write({}));
    EXPECT_EQ(written().size(), kMany);
    EXPECT_EQ(numbers().size(), 2U);
}

TEST_P(DecisionsTest, WorkersThatDecideSideBySideLoseAndDoubleNothing) {
    const auto decisions = open();
    constexpr unsigned kWorkers = 8, kEach = 400;
    std::vector<std::jthread> workers;
    for (unsigned worker = 0; worker < kWorkers; ++worker)
        workers.emplace_back([&, worker] {
            for (unsigned number = 0; number < kEach; ++number) {
                make(*decisions, closed(worker * kEach + number));
                EXPECT_TRUE(decisions->write_if_many({}));
            }
        });
    workers.clear();
    ASSERT_TRUE(decisions->write({}));
    std::vector<std::string> ids;
    for (const Decision& one : written()) ids.push_back(std::get<ChannelDecision>(one).channel);
    std::ranges::sort(ids);
    std::vector<std::string> expected;
    for (unsigned number = 0; number < kWorkers * kEach; ++number) expected.push_back(id(number));
    std::ranges::sort(expected);
    EXPECT_EQ(ids, expected);
}

TEST_P(DecisionsTest, TemporariesOfARunThatWasKilledAreRemoved) {
    ASSERT_TRUE(store::create_object(*out_, "decisions/.haul-decisions-0", "half"));
    open();
    EXPECT_EQ(store::find_file(*out_, "decisions/.haul-decisions-0").value(), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(Folder, DecisionsTest, ::testing::Values(true));
INSTANTIATE_TEST_SUITE_P(Service, DecisionsTest, ::testing::Values(false));

}  // namespace
}  // namespace haul::collect
