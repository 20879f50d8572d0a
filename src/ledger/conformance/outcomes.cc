// Facts and follow-up units: together, once, or not at all.
#include <optional>
#include <string>

#include "ledger/conformance/checks.h"

namespace haul::ledger::conformance {
namespace {

Outcome fact_and_unit() {
    Outcome outcome;
    outcome.facts = {{"member", "a", "1"}};
    outcome.units = {part("2")};
    return outcome;
}

Status expect_both(const Ledger& ledger, bool there) {
    const auto value = TRY(fact(ledger, "member", "a"));
    Query query;
    query.what = Query::What::units;
    query.key = "2";
    const bool unit = !TRY(ledger.read(query)).units.empty();
    TRY(expect(value.has_value() == there,
               there ? "the fact is missing" : "the fact of a refused call is there"));
    return expect(unit == there, there ? "the unit is missing" : "the unit of a refused call is there");
}

}  // namespace

Status outcome_is_whole(const Factory& factory) {
    const auto ledger = TRY(make_with(factory, {part("1")}));
    const Lease lease = TRY(claim_one(*ledger));
    const LeaseRef old{.unit = lease.ref.unit, .epoch = lease.ref.epoch - 1};
    TRY(expect_refused(ledger->finish(old, fact_and_unit()), Code::fenced, "finish with an old epoch"));
    TRY(expect_refused(ledger->checkpoint(old, "half", fact_and_unit()), Code::fenced,
                       "checkpoint with an old epoch"));
    TRY(expect_both(*ledger, false));
    TRY(ledger->finish(lease.ref, fact_and_unit()));
    TRY(expect_both(*ledger, true));
    return expect(TRY(unit_named(*ledger, "1")).state == State::done, "the finished unit is not done");
}

Status adding_twice_changes_nothing(const Factory& factory) {
    const auto ledger = TRY(make_with(factory, {part("1"), part("2")}));
    const Lease lease = TRY(claim_one(*ledger));
    TRY(ledger->checkpoint(lease.ref, "half", {}));
    const std::string before = TRY(contents(*ledger));
    NewUnit again = part("1", 7);
    again.payload = "other";
    TRY(ledger->record(adding({again, part("2"), part("2")})));
    TRY(expect(TRY(contents(*ledger)) == before, "adding units that exist changed them"));
    TRY(ledger->record(adding({part("1"), part("3")})));
    return expect(TRY(unit_named(*ledger, "3")).state == State::queued,
                  "a new unit beside one that exists was lost");
}

Status facts_are_replaced_and_removed(const Factory& factory) {
    const auto ledger = TRY(factory.make());
    TRY(ledger->record({.facts = {{"k", "a", "1"}, {"k", "b", ""}, {"j", "a", "3"}}}));
    TRY(ledger->record({.facts = {{"k", "a", "2"}, {"j", "a", std::nullopt}, {"j", "none", std::nullopt}}}));
    TRY(expect(TRY(fact(*ledger, "k", "a")) == "2", "the latest value does not stand"));
    TRY(expect(TRY(fact(*ledger, "k", "b")) == "", "an empty value is not kept"));
    TRY(expect(!TRY(fact(*ledger, "j", "a")), "a removed fact is there"));
    return expect(TRY(ledger->read({})).facts.size() == 2, "not exactly two facts are left");
}

Status finish_drops_checkpoint(const Factory& factory) {
    const auto ledger = TRY(make_with(factory, {part("1")}));
    Lease lease = TRY(claim_one(*ledger));
    TRY(ledger->checkpoint(lease.ref, "a third", {}));
    TRY(ledger->checkpoint(lease.ref, "half", {}));
    TRY(ledger->release(lease.ref));
    lease = TRY(claim_one(*ledger));
    TRY(expect(lease.checkpoint == "half", "the next lease does not carry the latest checkpoint"));
    TRY(ledger->finish(lease.ref, {}));
    TRY(expect(TRY(unit_named(*ledger, "1")).checkpoint.empty(), "a done unit keeps its checkpoint"));
    return expect(TRY(claim_many(*ledger, 9)).empty(), "a done unit was given again");
}

}  // namespace haul::ledger::conformance
