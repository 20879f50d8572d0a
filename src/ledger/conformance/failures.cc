// Failures, deaths of children, and what they lead to.
#include <chrono>
#include <string>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/json.h"
#include "ledger/conformance/checks.h"

namespace haul::ledger::conformance {
namespace {

Result<State> fail_once(Ledger& ledger, FailKind kind) {
    const Lease lease = TRY(claim_one(ledger));
    return ledger.fail(lease.ref, kind, some_error(), {});
}

// Fails `times` times; the last sets aside, and none before.
Status sets_aside_after(Ledger& ledger, FailKind kind, int times) {
    for (int turn = 1; turn <= times; ++turn) {
        const State state = TRY(fail_once(ledger, kind));
        const State wanted = turn < times ? State::queued : State::set_aside;
        TRY(expect(state == wanted, fmt::format("after {} the unit is {}", turn, name_of(state))));
    }
    return expect(TRY(claim_many(ledger, 1)).empty(), "a unit set aside was given");
}

}  // namespace

Status fifth_failure_sets_aside(const Factory& factory) {
    const auto ledger = TRY(make_with(factory, {part("1")}));
    TRY(fail_once(*ledger, FailKind::child_death));
    TRY(sets_aside_after(*ledger, FailKind::failure, kFailuresToSetAside));
    return expect(TRY(unit_named(*ledger, "1")).failures == kFailuresToSetAside, "failures are miscounted");
}

Status hopeless_failure_sets_aside_at_once(const Factory& factory) {
    const auto ledger = TRY(make_with(factory, {part("1")}));
    TRY(sets_aside_after(*ledger, FailKind::hopeless, 1));
    const UnitRow row = TRY(unit_named(*ledger, "1"));
    return expect(row.failures == 1 && !row.error.empty(), "the failure is not counted, or not kept");
}

Status third_child_death_sets_aside(const Factory& factory) {
    const auto ledger = TRY(make_with(factory, {part("1")}));
    for (int turn = 0; turn < kFailuresToSetAside - 1; ++turn) TRY(fail_once(*ledger, FailKind::failure));
    TRY(sets_aside_after(*ledger, FailKind::child_death, kChildDeathsToSetAside));
    const UnitRow row = TRY(unit_named(*ledger, "1"));
    TRY(expect(row.deaths == kChildDeathsToSetAside, "deaths are miscounted"));
    return expect(row.failures == kFailuresToSetAside - 1, "deaths were counted as failures");
}

Status checkpoint_resets_counts(const Factory& factory) {
    const auto ledger = TRY(make_with(factory, {part("1")}));
    for (int turn = 0; turn < kFailuresToSetAside - 1; ++turn) TRY(fail_once(*ledger, FailKind::failure));
    TRY(fail_once(*ledger, FailKind::child_death));
    const Lease lease = TRY(claim_one(*ledger));
    TRY(expect(lease.failures == kFailuresToSetAside - 1 && lease.deaths == 1,
               "the lease does not carry the counts"));
    TRY(ledger->checkpoint(lease.ref, "half", {}));
    const UnitRow row = TRY(unit_named(*ledger, "1"));
    TRY(expect(row.failures == 0 && row.deaths == 0, "a checkpoint does not set the counts to zero"));
    TRY(ledger->release(lease.ref));
    return sets_aside_after(*ledger, FailKind::failure, kFailuresToSetAside);
}

Status release_does_not_count(const Factory& factory) {
    const auto ledger = TRY(make_with(factory, {part("1")}));
    for (int turn = 0; turn < 2 * kFailuresToSetAside; ++turn) {
        const Lease lease = TRY(claim_one(*ledger));
        TRY(expect(lease.failures == 0 && lease.deaths == 0, "a release was counted"));
        TRY(ledger->release(lease.ref));
    }
    return {};
}

Status released_unit_is_put_off(const Factory& factory) {
    const auto ledger = TRY(make_with(factory, {part("1"), part("2")}));
    const auto delay = std::chrono::milliseconds(60);
    const Lease lease = TRY(claim_one(*ledger));
    const auto before = clock::boot();
    TRY(ledger->release(lease.ref, delay));
    const Lease other = TRY(claim_one(*ledger));
    TRY(expect(other.ref.unit != lease.ref.unit, "the unit was given before one that is due"));
    const Lease again = TRY(claim_in_time(*ledger));
    TRY(expect(clock::boot() - before >= delay, "the unit was given before its delay was over"));
    return expect(again.failures == 0, "putting it off was counted");
}

Status put_off_units_come_behind(const Factory& factory) {
    const auto ledger = TRY(make_with(factory, {part("1"), part("2"), part("3"), part("4"), part("5", 1)}));
    const auto leases = TRY(claim_many(*ledger, 3));
    // 2 comes back before 1; 3 was not put off.
    TRY(ledger->release(leases[1].ref, std::chrono::milliseconds(1)));
    TRY(ledger->fail(leases[0].ref, FailKind::failure, some_error(), std::chrono::milliseconds(20)));
    TRY(ledger->release(leases[2].ref));
    clock::sleep(std::chrono::milliseconds(40), {});
    std::string order;
    for (const Lease& lease : TRY(claim_many(*ledger, 9))) order += lease.key;
    return expect(order == "34215", "claimed as " + order + " and not 34215");
}

Status delay_is_waited(const Factory& factory) {
    const auto ledger = TRY(make_with(factory, {part("1"), part("2")}));
    const auto delay = std::chrono::milliseconds(60);
    const Lease lease = TRY(claim_one(*ledger));
    const auto before = clock::boot();
    TRY(ledger->fail(lease.ref, FailKind::failure, some_error(), delay));
    const Lease other = TRY(claim_one(*ledger));
    TRY(expect(other.ref.unit != lease.ref.unit, "the delayed unit was given before one that is due"));
    const Lease again = TRY(claim_in_time(*ledger));
    TRY(expect(clock::boot() - before >= delay, "the unit was given before its delay was over"));
    TRY(ledger->fail(again.ref, FailKind::failure, some_error(), std::chrono::nanoseconds::max()));
    TRY(expect(TRY(claim_many(*ledger, 9)).empty(), "the longest delay wrapped around"));
    return {};
}

Status failures_are_kept_bounded(const Factory& factory) {
    const auto ledger = TRY(make_with(factory, {part("1")}));
    for (int turn = 0; turn < 24; ++turn) {
        const Lease lease = TRY(claim_one(*ledger));
        Error error =
            make_error(Code::io, "read", fmt::format("file-{}\xff\"", turn), std::string(9000, '\x01'));
        TRY(ledger->fail(lease.ref, FailKind::failure, std::move(error).within("pack", "part 1"), {}));
        if (turn % 4 != 3) continue;
        const Lease next = TRY(claim_one(*ledger));
        TRY(ledger->checkpoint(next.ref, "on", {}));
        TRY(ledger->release(next.ref));
    }
    const std::string log = TRY(unit_named(*ledger, "1")).error;
    TRY(expect(log.size() <= 64 * 1024, fmt::format("the failures take {} bytes", log.size())));
    const json::Value failures = TRY(json::parse(log, "failures"));
    TRY(expect(failures.is_array() && !failures.empty() && failures.size() <= 10,
               "not a list of at most 10 failures"));
    const json::Value& last = failures.back();
    TRY(expect(TRY(json::string_at(last, "operation", "failure")) == "pack", "the outer error is not first"));
    TRY(expect(last.contains("time") && last.contains("cause"), "time or cause is missing"));
    const std::string subject = TRY(json::string_at(last["cause"], "subject", "failure"));
    return expect(subject.starts_with("file-23"), "the last failure is not the latest");
}

Status set_aside_units_return(const Factory& factory) {
    const auto ledger = TRY(make_with(factory, {part("1")}));
    TRY(sets_aside_after(*ledger, FailKind::failure, kFailuresToSetAside));
    TRY(ledger->record({.facts = {}, .units = {}, .return_set_aside = true}));
    const UnitRow row = TRY(unit_named(*ledger, "1"));
    TRY(expect(row.state == State::queued && row.failures == 0 && row.deaths == 0,
               "not queued with both counts at zero"));
    TRY(expect(!row.error.empty(), "its failures were forgotten"));
    return sets_aside_after(*ledger, FailKind::child_death, kChildDeathsToSetAside);
}

}  // namespace haul::ledger::conformance
