#include "flow/pack/notes.h"

#include <cerrno>
#include <utility>

#include "base/json.h"
#include "flow/pack/part_unit.h"

namespace haul::pack {
namespace {

std::string late_value(const LateMember& late, bool open) {
    return json::dump(json::Ordered{{"tries", late.tries}, {"part", late.part}, {"open", open}});
}

struct LateFact {
    LateMember late;
    bool open = false;
};

Result<LateFact> parse_late(const std::string& path, const std::string& text) {
    const json::Value value = TRY(json::parse(text, "late member"));
    LateFact fact;
    fact.late.path = path;
    fact.late.tries = static_cast<int>(TRY(json::uint_at(value, "tries", "late member")));
    fact.late.part = static_cast<std::uint32_t>(TRY(json::uint_at(value, "part", "late member")));
    fact.open = TRY(json::bool_at(value, "open", "late member"));
    return fact;
}

Status add_late(Work& work, std::uint32_t part, const std::string& path, ledger::Outcome& outcome) {
    LateFact fact{{path, 0, 0}, true};
    if (const auto known = TRY(ledger::fact(work.job.ledger(), kLateFact, path)))
        fact = TRY(parse_late(path, *known));
    if (fact.late.part >= part) return {};
    ++fact.late.tries;
    fact.late.part = part;
    outcome.facts.push_back({kLateFact, path, late_value(fact.late, true)});
    return {};
}

}  // namespace

bool about_member(const Error& error) {
    switch (error.code) {
        case Code::changed:
        case Code::not_found:
        case Code::denied:
        case Code::unsupported:
        case Code::corrupt:
        case Code::usage:
            return true;
        case Code::io:
            // Descriptors and memory are ours, not the member's fault.
            return error.root().os_error != EMFILE && error.root().os_error != ENFILE &&
                   error.root().os_error != ENOMEM;
        default:
            return false;
    }
}

ledger::Fact note_fact(const char* fact_kind, const format::ItemNote& note) {
    return {fact_kind, note.path,
            json::dump(json::Ordered{{"reason", note.reason}, {"detail", note.detail}})};
}

Status add_note_facts(Work& work, std::uint32_t part, const std::vector<format::ListNote>& notes,
                      ledger::Outcome& outcome) {
    for (const format::ListNote& note : notes) {
        switch (note.what) {
            case format::ListNote::What::skipped:
                outcome.facts.push_back(note_fact(kSkippedFact, note.item));
                break;
            case format::ListNote::What::failed:
                outcome.facts.push_back(note_fact(kFailedFact, note.item));
                break;
            case format::ListNote::What::late:
                TRY(add_late(work, part, note.item.path, outcome));
                break;
        }
    }
    return {};
}

Result<std::vector<LateMember>> open_late_members(Work& work) {
    std::vector<LateMember> open;
    TRY(ledger::for_each_fact(work.job.ledger(), kLateFact, [&](const ledger::Fact& fact) -> Status {
        LateFact late = TRY(parse_late(fact.key, fact.value.value_or("")));
        if (late.open) open.push_back(std::move(late.late));
        return {};
    }));
    return open;
}

ledger::Fact settled_fact(const LateMember& late) { return {kLateFact, late.path, late_value(late, false)}; }

ledger::Fact open_fact(const LateMember& late) { return {kLateFact, late.path, late_value(late, true)}; }

Result<Noted> noted(Work& work, const char* fact_kind, std::size_t limit) {
    Noted found;
    TRY(ledger::for_each_fact(work.job.ledger(), fact_kind, [&](const ledger::Fact& fact) -> Status {
        ++found.count;
        if (found.items.size() >= limit) return {};
        const json::Value value = TRY(json::parse(fact.value.value_or("{}"), "note"));
        found.items.push_back({fact.key, TRY(json::string_at(value, "reason", "note")),
                               TRY(json::string_at(value, "detail", "note"))});
        return {};
    }));
    return found;
}

Error failed_item(const char* operation, const format::ItemNote& note) {
    if (note.reason == "missing") {
        return make_error(Code::not_found, operation, note.path, note.detail)
            .with_remedy("take it out of the list, or put it there; the same command tries it again");
    }
    if (note.reason == "changed" || note.reason == "vanished") {
        return make_error(Code::changed, operation, note.path, note.detail)
            .with_remedy("the same command tries it again: best once nobody writes there");
    }
    return make_error(Code::denied, operation, note.path, note.detail)
        .with_remedy("make it readable, or leave it out with --exclude; the same command tries it again");
}

}  // namespace haul::pack
