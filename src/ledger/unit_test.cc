// The states table of docs/ledger.md, row by row.
#include "ledger/unit.h"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <string>

namespace haul::ledger {
namespace {

using std::chrono::nanoseconds;

constexpr nanoseconds kNow{1000};

Unit leased() {
    Unit unit = unit_from({.kind = "part", .key = "1", .payload = "{}"}, 7);
    static_cast<void>(grant(unit, "me", nanoseconds{2000}));
    unit.checkpoint = "half";
    unit.failures = 4;
    unit.child_deaths = 2;
    unit.owner_deaths = 2;
    return unit;
}

struct Row {
    std::string name;
    std::function<void(Unit&)> event;
    State state;
    int failures, child_deaths, owner_deaths;
    std::string checkpoint;
    nanoseconds due = {};
};

class States : public testing::TestWithParam<Row> {};

TEST_P(States, Follow) {
    const Row& row = GetParam();
    Unit unit = leased();
    row.event(unit);
    EXPECT_EQ(unit.state, row.state);
    EXPECT_EQ(unit.failures, row.failures);
    EXPECT_EQ(unit.child_deaths, row.child_deaths);
    EXPECT_EQ(unit.owner_deaths, row.owner_deaths);
    EXPECT_EQ(unit.checkpoint, row.checkpoint);
    EXPECT_EQ(unit.due, row.due);
    EXPECT_EQ(unit.owner, row.state == State::leased ? "me" : "");
    EXPECT_EQ(unit.epoch, 1U);
}

void fail_with(Unit& unit, FailKind kind) {
    count_failure(unit, kind, make_error(Code::io, "a", "b", "c"), kNow);
}
void fail_first(Unit& unit) {
    unit.failures = unit.child_deaths = 0;
    fail_with(unit, FailKind::failure);
}

INSTANTIATE_TEST_SUITE_P(
    Unit, States,
    testing::Values(Row{"checkpoint", [](Unit& u) { keep_progress(u, "more"); }, State::leased, 0, 0, 0,
                        "more"},
                    Row{"finish", end, State::done, 4, 2, 2, ""},
                    Row{"release", [](Unit& unit) { release(unit, {}); }, State::queued, 4, 2, 2, "half"},
                    Row{"owner_dies", void_lease, State::queued, 4, 2, 3, "half"},
                    Row{"first_failure", fail_first, State::queued, 1, 0, 2, "half", kNow},
                    Row{"fifth_failure", [](Unit& u) { fail_with(u, FailKind::failure); }, State::set_aside,
                        5, 2, 2, "half"},
                    Row{"third_child_death", [](Unit& u) { fail_with(u, FailKind::child_death); },
                        State::set_aside, 4, 3, 2, "half"},
                    Row{"returned", return_to_queue, State::queued, 0, 0, 0, "half"}),
    [](const auto& row) { return row.param.name; });

TEST(Unit, IsClaimableWhenDueOrWhenItsLeaseRanOut) {
    Unit unit;
    EXPECT_TRUE(claimable(unit, {}));
    unit.due = kNow;
    EXPECT_FALSE(claimable(unit, kNow - nanoseconds{1}));
    EXPECT_TRUE(claimable(unit, kNow));
    static_cast<void>(grant(unit, "me", kNow));
    EXPECT_TRUE(at_work(unit, kNow - nanoseconds{1}));
    EXPECT_FALSE(claimable(unit, kNow - nanoseconds{1}));
    EXPECT_FALSE(at_work(unit, kNow));
    EXPECT_TRUE(claimable(unit, kNow));
    unit.lease_until = {};
    EXPECT_FALSE(claimable(unit, nanoseconds::max()));
    unit.state = State::set_aside;
    EXPECT_FALSE(claimable(unit, nanoseconds::max()));
}

TEST(Unit, WhatWasPutOffComesBehindWhatWasNot) {
    const auto unit = [](UnitId id, std::int64_t order, nanoseconds due) {
        Unit made = unit_from({.kind = "part", .key = "1", .payload = "{}", .order = order}, id);
        made.due = due;
        return made;
    };
    EXPECT_LT(turn_of(unit(2, 0, {})), turn_of(unit(1, 0, kNow)));
    EXPECT_LT(turn_of(unit(2, 0, kNow)), turn_of(unit(1, 0, kNow + nanoseconds{1})));
    EXPECT_LT(turn_of(unit(1, 0, kNow)), turn_of(unit(2, 0, kNow)));
    EXPECT_LT(turn_of(unit(2, -1, kNow)), turn_of(unit(1, 0, {})));
}

TEST(Unit, TimesDoNotWrapAround) {
    EXPECT_EQ(end_of(kNow, nanoseconds::max()), nanoseconds::max());
    EXPECT_EQ(end_of(kNow, nanoseconds{-5}), nanoseconds{});
    EXPECT_EQ(end_of(kNow, {}), nanoseconds{});
    EXPECT_EQ(end_of(kNow, nanoseconds{5}), nanoseconds{1005});
}

TEST(Unit, StatesHaveNames) {
    EXPECT_EQ(name_of(State::queued), "queued");
    EXPECT_EQ(name_of(State::leased), "leased");
    EXPECT_EQ(name_of(State::done), "done");
    EXPECT_EQ(name_of(State::set_aside), "set_aside");
}

}  // namespace
}  // namespace haul::ledger
