// Reading: what stands there, in byte order, page by page.
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "ledger/conformance/checks.h"

namespace haul::ledger::conformance {
namespace {

using namespace std::string_literals;

std::vector<std::string> odd_names() {
    return {"\0"s, "\0a"s, "A", "a", "a\0b"s, "a'b\"c", "\xc3\xa9", "\xff\xfe", "\xff\xff"};
}

}  // namespace

Status rows_come_in_byte_order(const Factory& factory) {
    const auto ledger = TRY(factory.make());
    const std::vector<std::string> names = odd_names();
    Outcome outcome;
    for (auto name = names.rbegin(); name != names.rend(); ++name) {
        outcome.facts.push_back({"k", *name, "v"});
        outcome.units.push_back(part(*name));
    }
    outcome.facts.push_back({"other", "a", "v"});
    TRY(ledger->record(outcome));
    for (const auto what : {Query::What::facts, Query::What::units}) {
        Query query;
        query.what = what;
        query.kind = what == Query::What::facts ? "k" : "part";
        query.limit = 2;
        std::vector<std::string> seen;
        while (seen.size() < 100) {
            const Answer page = TRY(ledger->read(query));
            const std::size_t rows = page.facts.size() + page.units.size();
            for (const Fact& fact : page.facts) seen.push_back(fact.key);
            for (const UnitRow& unit : page.units) seen.push_back(unit.key);
            if (rows == 0) break;
            TRY(expect(rows <= 2, "a page is longer than its limit"));
            query.after = seen.back();
        }
        TRY(expect(seen == names, "pages do not give every key once in byte order"));
    }
    return {};
}

Status names_are_bytes(const Factory& factory) {
    const auto ledger = TRY(factory.make());
    for (const std::string& name : odd_names()) {
        NewUnit unit = part(name);
        unit.kind = name;
        unit.payload = name + "payload\0"s;
        TRY(ledger->record({.facts = {{name, name, name}}, .units = {unit}}));
    }
    for (const std::string& name : odd_names()) {
        TRY(expect(TRY(fact(*ledger, name, name)) == name, "a fact came back otherwise"));
        const auto leases = TRY(ledger->claim({.kinds = {name}, .count = 9, .owner = name}));
        TRY(expect(leases.size() == 1, "a kind of odd bytes does not have its one unit"));
        const Lease& lease = leases.front();
        TRY(expect(lease.kind == name && lease.key == name && lease.payload == name + "payload\0"s,
                   "a unit came back otherwise"));
        TRY(ledger->checkpoint(lease.ref, name, {}));
        TRY(expect(TRY(unit_named(*ledger, name)).checkpoint == name, "a checkpoint came back otherwise"));
    }
    return {};
}

Status counts_agree_with_units(const Factory& factory) {
    const auto ledger = TRY(make_with(factory, {part("1"), part("2"), part("3"), part("4")}));
    TRY(ledger->record(adding({{.kind = "other", .key = "1", .payload = ""}})));
    TRY(ledger->finish(TRY(claim_one(*ledger)).ref, {}));
    TRY(claim_one(*ledger));
    Query query;
    query.what = Query::What::counts;
    std::map<std::pair<std::string, State>, std::uint64_t> counts;
    for (const Count& count : TRY(ledger->read(query)).counts)
        counts[{count.kind, count.state}] = count.units;
    const decltype(counts) wanted = {{{"other", State::queued}, 1},
                                     {{"part", State::queued}, 2},
                                     {{"part", State::leased}, 1},
                                     {{"part", State::done}, 1}};
    TRY(expect(counts == wanted, "the counts are wrong"));
    query.what = Query::What::units;
    query.kind = "part";
    query.state = State::queued;
    return expect(TRY(ledger->read(query)).units.size() == 2,
                  "not exactly the queued units of the kind were given");
}

Status any_unit_agrees_with_units(const Factory& factory) {
    const auto ledger = TRY(make_with(factory, {part("1"), part("2")}));
    TRY(claim_one(*ledger));
    const auto any = [&](const std::string& kind, std::optional<State> state) -> Result<bool> {
        Query query;
        query.what = Query::What::any_unit;
        query.kind = kind;
        query.state = state;
        return TRY(ledger->read(query)).any_unit;
    };
    for (const State state : {State::queued, State::leased})
        TRY(expect(TRY(any("part", state)) && TRY(any("", state)), "a unit that is there was not found"));
    for (const State state : {State::done, State::set_aside})
        TRY(expect(!TRY(any("part", state)) && !TRY(any("", state)), "a unit was found that is not there"));
    return expect(TRY(any("", std::nullopt)) && !TRY(any("other", std::nullopt)),
                  "a kind was found that is not there, or not one that is");
}

}  // namespace haul::ledger::conformance
