#include "flow/collect/decided.h"

#include <fmt/format.h>

#include <utility>
#include <variant>

#include "flow/collect/judgement.h"
#include "flow/collect/search_unit.h"
#include "flow/collect/units.h"

namespace haul::collect {
namespace {

constexpr std::size_t kAtOnce = 500;

ChannelJudgement judgement_of(const Channel& channel) {
    return {.score = channel.score, .language = channel.language, .reasons = channel.reasons};
}

// Its items that were found so far are let through by a probe that has nothing to judge any more. A channel
// that is open is never closed: one key is enough.
void open(const std::string& channel_id, Channel channel, ledger::Outcome& outcome) {
    channel.state = ChannelState::accepted;
    channel.reasons.clear();
    outcome.facts.push_back(fact_of(channel_id, channel));
    outcome.units.push_back(channel_search(channel_id));
    const std::string first = channel.probe.empty() ? id_of(channel.of) : channel.probe;
    outcome.units.push_back(probe_unit(channel_id, first, "open"));
}

void close(Channel& channel, const ChannelDecision& decision) {
    channel.state = ChannelState::closed;
    channel.probe = decision.probe;
    channel.score = decision.score;
    channel.language = decision.language;
    channel.reasons = decision.reasons;
}

// What this ledger has judged itself stands.
Status follow_on_channel(const ledger::Ledger& ledger, const ChannelDecision& decision,
                         ledger::Outcome& outcome) {
    auto channel = TRY(channel_at(ledger, decision.channel));
    if (!channel) return {};
    if (!decision.closed && channel->state == ChannelState::closed) {
        open(decision.channel, *std::move(channel), outcome);
    } else if (decision.closed && channel->state != ChannelState::accepted &&
               channel->state != ChannelState::closed) {
        close(*channel, decision);
        outcome.facts.push_back(fact_of(decision.channel, *channel));
    }
    return {};
}

}  // namespace

bool is_erased(const Decisions& decisions, const Candidate& candidate) {
    if (decisions.erased_nothing()) return false;  // most corpora: ids cost a hash each
    const auto has = [&](Erased of, const std::string& value) {
        return !value.empty() && decisions.is_erased(of, value);
    };
    return has(Erased::item, id_of(candidate)) || has(Erased::url, candidate.page) ||
           has(Erased::url, candidate.media) || has(Erased::channel, channel_id_of(candidate));
}

bool is_erased(const Decisions& decisions, const Recording& recording) {
    return decisions.is_erased(Erased::content, recording.sha256) ||
           is_erased(decisions, recording.candidate);
}

void say_where_erased(const Work& work, const Recording& recording) {
    if (recording.reasons == std::vector<std::string>{kErasedReason})
        work.hub.note(
            report::Level::warning,
            "a recording was erased by a decision: it leaves the exports, and its file is still there",
            file_of(recording));
}

ChannelDecision decision_of(const std::string& channel_id, const Channel& channel) {
    return {.channel = channel_id,
            .closed = channel.state == ChannelState::closed,
            .score = channel.score,
            .language = channel.language,
            .reasons = channel.reasons,
            .probe = channel.probe};
}

Status follow(const ledger::Ledger& ledger, const Decision& decision, ledger::Outcome& outcome) {
    if (const auto* const channel = std::get_if<ChannelDecision>(&decision))
        return follow_on_channel(ledger, *channel, outcome);
    // Recordings that are there are judged again.
    if (!std::holds_alternative<LicenceEvidence>(decision)) outcome.facts.push_back({kDueFact, kJudge, "{}"});
    return {};
}

Result<std::optional<Channel>> closed_before(const Work& work, const Candidate& candidate) {
    const auto decision = TRY(decision_on_channel(work.ledger(), channel_id_of(candidate)));
    if (!decision || !decision->closed) return std::optional<Channel>();
    Channel channel{.of = candidate};
    close(channel, *decision);
    channel.reasons = judge_again(judgement_of(channel), work.plan()).reasons;
    if (channel.reasons.empty()) return std::optional<Channel>();
    return std::optional(std::move(channel));
}

Status reopen_channels(Work& work) {
    std::uint64_t opened = 0;
    ledger::Outcome outcome;
    TRY(ledger::for_each_fact(work.ledger(), kChannelFact, [&](const ledger::Fact& fact) -> Status {
        Channel channel = TRY(channel_from(fact.value.value_or("{}"), fact.key));
        if (channel.state != ChannelState::closed) return {};
        channel.reasons = judge_again(judgement_of(channel), work.plan()).reasons;
        if (!channel.reasons.empty() || work.decisions.is_erased(Erased::channel, fact.key)) return {};
        channel.state = ChannelState::accepted;
        work.decisions.owe(decision_of(fact.key, channel), outcome);
        open(fact.key, std::move(channel), outcome);
        ++opened;
        return outcome.units.size() < kAtOnce ? Status() : work.ledger().record(std::exchange(outcome, {}));
    }));
    if (opened == 0) return {};
    work.hub.note(report::Level::info,
                  fmt::format("{} channels that were closed are wanted by the plan as it is now", opened));
    return work.ledger().record(outcome);
}

}  // namespace haul::collect
