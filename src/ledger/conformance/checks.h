// The checks behind conformance.h, one function a promise, and the words they are written in.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ledger/conformance/conformance.h"
#include "ledger/ledger.h"

namespace haul::ledger::conformance {

// The failure of a check: `seen` says what was wrong.
[[nodiscard]] Status expect(bool holds, std::string_view seen);
// The call was refused with this code.
template <class Value>
[[nodiscard]] Status expect_refused(const Result<Value>& result, Code code, std::string_view call) {
    if (!result.has_value() && result.error().code == code) return {};
    const std::string seen = result.has_value() ? "success" : std::string(name_of(result.error().code));
    return expect(false, std::string(call) + " gave " + seen + " and not " + std::string(name_of(code)));
}

[[nodiscard]] NewUnit part(std::string key, std::int64_t order = 0);
[[nodiscard]] Outcome adding(std::vector<NewUnit> units);
// A ledger with these units.
[[nodiscard]] Result<std::unique_ptr<Ledger>> make_with(const Factory& factory, std::vector<NewUnit> units);
// The one unit that a claim of `count` 1 gives; a failed check where there is none.
[[nodiscard]] Result<Lease> claim_one(Ledger& ledger, std::chrono::nanoseconds lease_for = {});
[[nodiscard]] Result<std::vector<Lease>> claim_many(Ledger& ledger, std::size_t count);
// Waits until a claim gives something, at most some seconds.
[[nodiscard]] Result<Lease> claim_in_time(Ledger& ledger);
[[nodiscard]] Result<UnitRow> unit_named(const Ledger& ledger, const std::string& key);
// "State epoch checkpoint failures deaths" of all units and all facts: equal texts, equal contents.
[[nodiscard]] Result<std::string> contents(const Ledger& ledger);
[[nodiscard]] Error some_error();

// outcomes.cc
Status outcome_is_whole(const Factory& factory);
Status adding_twice_changes_nothing(const Factory& factory);
Status facts_are_replaced_and_removed(const Factory& factory);
Status finish_drops_checkpoint(const Factory& factory);
// leases.cc
Status each_claim_raises_epoch(const Factory& factory);
Status old_epoch_is_fenced(const Factory& factory);
Status lower_order_first(const Factory& factory);
Status claim_honours_kinds_and_count(const Factory& factory);
Status lease_runs_out(const Factory& factory);
Status renewed_lease_holds(const Factory& factory);
Status renew_is_all_or_nothing(const Factory& factory);
// failures.cc
Status fifth_failure_sets_aside(const Factory& factory);
Status hopeless_failure_sets_aside_at_once(const Factory& factory);
Status third_child_death_sets_aside(const Factory& factory);
Status checkpoint_resets_counts(const Factory& factory);
Status release_does_not_count(const Factory& factory);
Status delay_is_waited(const Factory& factory);
Status released_unit_is_put_off(const Factory& factory);
Status put_off_units_come_behind(const Factory& factory);
Status failures_are_kept_bounded(const Factory& factory);
Status set_aside_units_return(const Factory& factory);
// queries.cc
Status rows_come_in_byte_order(const Factory& factory);
Status names_are_bytes(const Factory& factory);
Status counts_agree_with_units(const Factory& factory);
Status any_unit_agrees_with_units(const Factory& factory);
// threads.cc
Status one_claimer_each(const Factory& factory);
Status calls_are_fair(const Factory& factory);
// survival.cc: these reopen
Status done_survives(const Factory& factory);
Status reopening_voids_leases(const Factory& factory);
Status owner_deaths_never_set_aside(const Factory& factory);
Status third_owner_death_runs_alone(const Factory& factory);

}  // namespace haul::ledger::conformance
