#include "flow/collect/decisions/decisions.h"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>
#include <set>
#include <utility>

#include "base/fault_point.h"
#include "base/json.h"
#include "base/number.h"
#include "flow/collect/decisions/object.h"

namespace haul::collect {
namespace {

constexpr std::size_t kAtOnce = 1000;  // decisions an object

constexpr const char *kOwedFact = "owed", *kObjectFact = "decisions",
                     *kChannelDecisionFact = "channel_decision", *kEvidenceFact = "evidence",
                     *kPersonFact = "person", *kTombstoneFact = "tombstone";

// In the order of numbers.
std::string key_of(std::uint64_t number) { return fmt::format("{:020}", number); }

ledger::Fact object_fact(std::uint64_t number, std::size_t lines, std::size_t damaged) {
    return {kObjectFact, key_of(number), json::dump(json::Ordered{{"lines", lines}, {"damaged", damaged}})};
}

// Under which a decision is kept that was taken in; the same for whatever is said of the same.
std::pair<const char*, std::string> place_of(const Decision& decision) {
    if (const auto* const tombstone = std::get_if<Tombstone>(&decision))
        return {kTombstoneFact,
                fmt::format("{}/{}/{}", name_of(tombstone->of), tombstone->salt, tombstone->hash)};
    if (const auto* const channel = std::get_if<ChannelDecision>(&decision))
        return {kChannelDecisionFact, channel->channel};
    if (const auto* const evidence = std::get_if<LicenceEvidence>(&decision))
        return {kEvidenceFact, evidence->item};
    return {kPersonFact, std::get<PersonsDecision>(decision).item};
}

Status for_each_of(const ledger::Ledger& ledger, const char* kind,
                   const std::function<void(const Decision&)>& visit) {
    return ledger::for_each_fact(ledger, kind, [&](const ledger::Fact& fact) -> Status {
        visit(TRY(decision_from(fact.value.value_or(""), fmt::format("{} {}", kind, fact.key))));
        return {};
    });
}

template <class T>
Result<std::optional<T>> taken_in(const ledger::Ledger& ledger, const char* kind, const std::string& key) {
    const auto text = TRY(ledger::fact(ledger, kind, key));
    if (!text) return std::optional<T>();
    const Decision decision = TRY(decision_from(*text, fmt::format("{} {}", kind, key)));
    const T* const one = std::get_if<T>(&decision);
    return one == nullptr ? std::optional<T>() : std::optional<T>(*one);
}

// Text -> key.
Result<std::map<std::string, std::string>> owed_texts(const ledger::Ledger& ledger) {
    std::map<std::string, std::string> owed;
    TRY(ledger::for_each_fact(ledger, kOwedFact, [&](const ledger::Fact& fact) -> Status {
        owed.emplace(fact.value.value_or(""), fact.key);
        return {};
    }));
    return owed;
}

// Number -> lines that were damaged when it was read.
Result<std::map<std::uint64_t, std::uint64_t>> known_objects(const ledger::Ledger& ledger) {
    std::map<std::uint64_t, std::uint64_t> known;
    TRY(ledger::for_each_fact(ledger, kObjectFact, [&](const ledger::Fact& fact) -> Status {
        const std::string subject = "decisions " + fact.key;
        const json::Value value = TRY(json::parse(fact.value.value_or("{}"), subject));
        if (const auto number = text::whole_number<std::uint64_t>(fact.key))
            known[*number] = TRY(json::uint_at(value, "damaged", subject));
        return {};
    }));
    return known;
}

}  // namespace

Result<std::unique_ptr<Decisions>> Decisions::open(store::Store& out, ledger::Ledger& ledger, Follow follow,
                                                   const std::stop_token& stop) {
    std::unique_ptr<Decisions> made(new Decisions(out, ledger, std::move(follow)));
    TRY(made->begin(stop));
    return made;
}

Status Decisions::begin(const std::stop_token& stop) {
    const auto known = TRY(known_objects(ledger_));
    if (!known.empty()) next_ = known.rbegin()->first + 1;
    const ListedDecisions listed = TRY(list_decisions(out_, stop));
    for (const std::string& temporary : listed.temporaries) TRY(store::remove_object(out_, temporary));
    for (const std::uint64_t number : listed.numbers) {
        next_ = std::max(next_, number + 1);
        const auto before = known.find(number);
        // What was damaged may have been put back since.
        if (before == known.end() || before->second > 0) TRY(take_in(number, before != known.end(), stop));
    }
    return remember();
}

// `again`: what it says of something has been used, or superseded since; what was not, is used now.
Status Decisions::take_in(std::uint64_t number, bool again, const std::stop_token& stop) {
    const ReadObject read = TRY(read_decisions(out_, object_name(number), stop));
    auto owed = TRY(owed_texts(ledger_));
    ledger::Outcome outcome;
    std::set<std::pair<std::string, std::string>> later;
    for (const Decision& decision : std::views::reverse(read.decisions)) {
        const std::string text = text_of(decision);
        // Our own, of a run that died before it could say so.
        if (const auto own = owed.find(text); own != owed.end()) {
            outcome.facts.push_back({kOwedFact, own->second, std::nullopt});
            owed.erase(own);
            continue;
        }
        const auto [kind, key] = place_of(decision);
        if (!later.emplace(kind, key).second) continue;
        if (again && TRY(ledger::fact(ledger_, kind, key))) continue;
        outcome.facts.push_back({kind, key, text});
        TRY(follow_(decision, outcome));
    }
    outcome.facts.push_back(object_fact(number, read.decisions.size(), read.damaged.size()));
    TRY(ledger_.record(outcome));
    damaged_.insert(damaged_.end(), read.damaged.begin(), read.damaged.end());
    return {};
}

// What units ask for again and again.
Status Decisions::remember() {
    TRY(for_each_of(ledger_, kTombstoneFact, [this](const Decision& decision) {
        if (const auto* const one = std::get_if<Tombstone>(&decision)) tombstones_.add(*one);
    }));
    TRY(for_each_of(ledger_, kPersonFact, [this](const Decision& decision) {
        if (const auto* const one = std::get_if<PersonsDecision>(&decision)) persons_[one->item] = *one;
    }));
    return ledger::for_each_fact(ledger_, kOwedFact, [this](const ledger::Fact& fact) -> Status {
        ++owed_;
        next_owed_ = text::whole_number<std::uint64_t>(fact.key).value_or(0) + 1;
        return {};
    });
}

void Decisions::owe(const Decision& decision, ledger::Outcome& outcome) {
    outcome.facts.push_back({kOwedFact, key_of(next_owed_++), text_of(decision)});
    ++owed_;
}

Status Decisions::write(const std::stop_token& stop) {
    const std::lock_guard lock(writing_);
    while (TRY(write_some(stop))) {
    }
    return {};
}

Status Decisions::write_if_many(const std::stop_token& stop) {
    if (owed_ < kAtOnce) return {};
    const std::unique_lock lock(writing_, std::try_to_lock);
    if (!lock.owns_lock() || owed_ < kAtOnce) return {};
    TRY(write_some(stop));
    return {};
}

// False: nothing is owed.
Result<bool> Decisions::write_some(const std::stop_token& stop) {
    ledger::Query query;
    query.kind = kOwedFact;
    query.limit = kAtOnce;
    const auto owed = TRY(ledger_.read(query)).facts;
    owed_ = owed.size() < kAtOnce ? owed.size() : owed_.load();
    if (owed.empty()) return false;
    std::vector<std::string> texts;
    ledger::Outcome outcome;
    for (const ledger::Fact& fact : owed) {
        texts.push_back(fact.value.value_or(""));
        outcome.facts.push_back({kOwedFact, fact.key, std::nullopt});
    }
    FAULT_POINT("collect.decisions.before_write");
    const std::uint64_t number = next_;
    Status made = store::create_object(out_, object_name(number), object_text(texts), kDecisionsTemporary);
    // It is ours, where an answer was lost; or of a run that a listing did not show yet.
    if (!made && made.error().code == Code::exists) {
        TRY(take_in(number, false, stop));
        ++next_;
        return true;
    }
    TRY(std::move(made));
    ++next_;
    FAULT_POINT("collect.decisions.written");
    outcome.facts.push_back(object_fact(number, texts.size(), 0));
    TRY(ledger_.record(outcome));
    FAULT_POINT("collect.decisions.recorded");
    owed_ -= std::min<std::uint64_t>(owed_, texts.size());
    return true;
}

std::optional<PersonsDecision> Decisions::of_person(const std::string& item) const {
    const auto found = persons_.find(item);
    return found == persons_.end() ? std::nullopt : std::optional(found->second);
}

Result<std::optional<ChannelDecision>> decision_on_channel(const ledger::Ledger& ledger,
                                                           const std::string& channel) {
    return taken_in<ChannelDecision>(ledger, kChannelDecisionFact, channel);
}

Result<std::optional<Licence>> evidence_of(const ledger::Ledger& ledger, const std::string& item) {
    auto evidence = TRY(taken_in<LicenceEvidence>(ledger, kEvidenceFact, item));
    if (!evidence) return std::optional<Licence>();
    return std::optional(std::move(evidence->licence));
}

Status for_each_flaw(const ledger::Ledger& ledger, store::Store& out, const std::stop_token& stop,
                     const std::function<void(const Flaw&)>& visit) {
    auto known = TRY(known_objects(ledger));
    const ListedDecisions listed = TRY(list_decisions(out, stop));
    for (const std::uint64_t number : listed.numbers) {
        known.erase(number);
        const std::string name = object_name(number);
        for (const Error& error : TRY(read_decisions(out, name, stop)).damaged)
            visit({.name = name, .detail = error.message()});
    }
    for (const auto& [number, damaged] : known)
        visit(
            {.is_missing = true, .name = object_name(number), .detail = "the ledger has written or read it"});
    return {};
}

}  // namespace haul::collect
