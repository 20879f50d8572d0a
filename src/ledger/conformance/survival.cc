// What the next owner finds.
#include <string>

#include <fmt/format.h>

#include "ledger/conformance/checks.h"

namespace haul::ledger::conformance {
namespace {

// As if the owner had died: what it leased, it never gave back.
Result<std::unique_ptr<Ledger>> next_owner(const Factory& factory, std::unique_ptr<Ledger> ledger) {
    ledger.reset();
    return factory.reopen();
}

}  // namespace

Status done_survives(const Factory& factory) {
    auto ledger = TRY(make_with(factory, {part("1"), part("2"), part("3"), part("4", 9)}));
    TRY(ledger->finish(TRY(claim_one(*ledger)).ref, {.facts = {{"k", "a", "1"}}, .units = {part("5", 10)}}));
    const Lease second = TRY(claim_one(*ledger));
    TRY(ledger->checkpoint(second.ref, "half", {.facts = {{"k", "b", "2"}}}));
    TRY(ledger->release(second.ref));
    const Lease third = TRY(claim_one(*ledger));
    TRY(ledger->fail(third.ref, FailKind::failure, some_error(), std::chrono::hours(1)));
    const std::string before = TRY(contents(*ledger));
    ledger = TRY(next_owner(factory, std::move(ledger)));
    TRY(expect(TRY(contents(*ledger)) == before, "something is different after reopening"));
    TRY(ledger->record(adding({part("6", 11)})));
    std::string keys;
    for (const Lease& lease : TRY(claim_many(*ledger, 9))) keys += lease.key;
    return expect(keys == "3456" || keys == "2456", "after reopening the units " + keys + " were given");
}

Status reopening_voids_leases(const Factory& factory) {
    auto ledger = TRY(make_with(factory, {part("1"), part("2")}));
    const Lease lost = TRY(claim_one(*ledger));
    ledger = TRY(next_owner(factory, std::move(ledger)));
    TRY(expect_refused(ledger->finish(lost.ref, {}), Code::fenced,
                       "finish under the lease of an earlier owner"));
    const auto leases = TRY(claim_many(*ledger, 9));
    TRY(expect(leases.size() == 2, "the units of an earlier owner are not given"));
    TRY(expect(leases[0].ref.unit == lost.ref.unit && leases[0].ref.epoch > lost.ref.epoch,
               "its epoch did not rise"));
    TRY(expect(leases[0].deaths == 1, "the owner's death was not counted"));
    return expect(leases[1].deaths == 0, "a death was counted for a unit that was not at work");
}

Status owner_deaths_never_set_aside(const Factory& factory) {
    auto ledger = TRY(make_with(factory, {part("1")}));
    for (int death = 1; death <= 8; ++death) {
        TRY(claim_one(*ledger));
        ledger = TRY(next_owner(factory, std::move(ledger)));
        const UnitRow row = TRY(unit_named(*ledger, "1"));
        TRY(expect(row.state == State::queued && row.deaths == death,
                   fmt::format("wrong after {} deaths", death)));
    }
    // Its children's deaths are counted apart.
    for (int death = 1; death < kChildDeathsToSetAside; ++death) {
        const Lease lease = TRY(claim_one(*ledger));
        const State state = TRY(ledger->fail(lease.ref, FailKind::child_death, some_error(), {}));
        TRY(expect(state == State::queued, "deaths of its owner were counted as deaths of its child"));
    }
    return {};
}

Status third_owner_death_runs_alone(const Factory& factory) {
    auto ledger = TRY(make_with(factory, {part("1"), part("2")}));
    for (int death = 1; death <= kOwnerDeathsToRunAlone; ++death) {
        TRY(expect(!TRY(claim_one(*ledger)).alone, "it runs alone too early"));
        ledger = TRY(next_owner(factory, std::move(ledger)));
    }
    TRY(ledger->record(adding({part("3")})));
    const auto others = TRY(claim_many(*ledger, 9));
    TRY(expect(others.size() == 2 && others[0].key == "2" && others[1].key == "3", "it is not last"));
    TRY(ledger->finish(others[0].ref, {}));
    TRY(expect(TRY(claim_many(*ledger, 9)).empty(), "it was given beside another"));
    TRY(ledger->finish(others[1].ref, {}));

    Lease alone = TRY(claim_one(*ledger));
    TRY(expect(alone.key == "1" && alone.alone && alone.deaths == kOwnerDeathsToRunAlone,
               "its lease does not say so"));
    TRY(ledger->record(adding({part("4")})));
    TRY(expect(TRY(claim_many(*ledger, 9)).empty(), "another was given beside it"));
    TRY(ledger->release(alone.ref));
    TRY(ledger->finish(TRY(claim_one(*ledger)).ref, {}));
    alone = TRY(claim_one(*ledger));
    TRY(ledger->checkpoint(alone.ref, "half", adding({part("5")})));
    TRY(expect(TRY(claim_many(*ledger, 9)).size() == 1, "after its checkpoint nothing else runs beside it"));
    return ledger->finish(alone.ref, {});
}

}  // namespace haul::ledger::conformance
