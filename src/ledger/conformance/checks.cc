#include "ledger/conformance/checks.h"

#include <utility>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/text.h"

namespace haul::ledger::conformance {

Status expect(bool holds, std::string_view seen) {
    if (holds) return {};
    return failure(Code::internal, "", "", std::string(seen));
}

NewUnit part(std::string key, std::int64_t order) {
    return {.kind = "part", .key = std::move(key), .payload = "{}", .order = order};
}

Outcome adding(std::vector<NewUnit> units) {
    Outcome outcome;
    outcome.units = std::move(units);
    return outcome;
}

Result<std::unique_ptr<Ledger>> make_with(const Factory& factory, std::vector<NewUnit> units) {
    auto ledger = TRY(factory.make());
    TRY(ledger->record(adding(std::move(units))));
    return ledger;
}

Result<std::vector<Lease>> claim_many(Ledger& ledger, std::size_t count) {
    return ledger.claim({.kinds = {}, .count = count, .owner = "conformance"});
}

Result<Lease> claim_one(Ledger& ledger, std::chrono::nanoseconds lease_for) {
    auto leases =
        TRY(ledger.claim({.kinds = {}, .count = 1, .owner = "conformance", .lease_for = lease_for}));
    TRY(expect(leases.size() == 1, fmt::format("a claim gave {} units and not 1", leases.size())));
    return std::move(leases.front());
}

Result<Lease> claim_in_time(Ledger& ledger) {
    const auto deadline = clock::boot() + std::chrono::seconds(10);
    while (clock::boot() < deadline) {
        auto leases = TRY(claim_many(ledger, 1));
        if (!leases.empty()) return std::move(leases.front());
        clock::sleep(std::chrono::milliseconds(5), {});
    }
    return failure(Code::internal, "", "", "a unit whose time has come was not given within 10 s");
}

Result<UnitRow> unit_named(const Ledger& ledger, const std::string& key) {
    Query query;
    query.what = Query::What::units;
    query.key = key;
    Answer answer = TRY(ledger.read(query));
    TRY(expect(answer.units.size() == 1, fmt::format("{} units have the key {}", answer.units.size(), key)));
    return std::move(answer.units.front());
}

Result<std::string> contents(const Ledger& ledger) {
    Query query;
    std::string text;
    for (const Fact& fact : TRY(ledger.read(query)).facts) {
        text += fmt::format("fact {} {} {}\n", fact.kind, fact.key, fact.value.value_or("-"));
    }
    query.what = Query::What::units;
    for (const UnitRow& row : TRY(ledger.read(query)).units) {
        text +=
            fmt::format("unit {} {} {} {} {} {} {} {} {} {}\n", row.id, row.kind, row.key, row.payload,
                        row.checkpoint, name_of(row.state), row.epoch, row.failures, row.deaths, row.error);
    }
    return text::printable(text);
}

Error some_error() { return make_error(Code::io, "read", "file-17", "it broke").within("pack", "part 1"); }

}  // namespace haul::ledger::conformance
