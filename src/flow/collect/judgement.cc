#include "flow/collect/judgement.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace haul::collect {
namespace {

// What a plan may think otherwise of.
constexpr std::string_view kChildScoreLow = "child_score_low", kLanguageUnwanted = "language_unwanted";

// Nothing where a step of the path is not there.
const json::Value& at(const json::Value& value, std::initializer_list<const char*> path) {
    static const json::Value kNothing;
    const json::Value* found = &value;
    for (const char* const step : path) {
        if (!found->is_object()) return kNothing;
        const auto next = found->find(step);
        if (next == found->end()) return kNothing;
        found = &*next;
    }
    return *found;
}

double number(const json::Value& value) { return value.is_number() ? value.get<double>() : 0; }

std::string word(const json::Value& value) { return value.is_string() ? value.get<std::string>() : ""; }

speech::Speaker speaker_named(std::string_view decision) {
    if (decision == "child") return speech::Speaker::child;
    if (decision == "adult") return speech::Speaker::adult;
    return decision == "unsure" ? speech::Speaker::unsure : speech::Speaker::none;
}

}  // namespace

speech::Findings findings_of(const json::Value& heard) {
    return {
        .speaker = speaker_named(word(at(heard, {"child", "decision"}))),
        .child_score = number(at(heard, {"child", "score"})),
        .language = word(at(heard, {"language", "code"})),
        .speech_seconds = number(at(heard, {"quality", "speech_share"})) * number(at(heard, {"duration"}))};
}

bool is_heard(const json::Value& heard) { return heard.is_object() && heard.contains("segments"); }

std::string why_unheard(const json::Value& heard) {
    const std::string message = word(at(heard, {"error", "message"}));
    return message.empty() ? "it could not be decoded" : message;
}

std::vector<std::string> reasons_against(const json::Value& heard, const speech::Accept& accept) {
    auto verdict = speech::judge(findings_of(heard), accept);
    // What broke off in the middle is not the recording that its source has.
    if (heard.contains("error")) verdict.reasons.emplace_back("error");
    return verdict.reasons;
}

ChannelJudgement judge_channel(const json::Value& heard, const Plan& plan) {
    const speech::Findings found = findings_of(heard);
    ChannelJudgement judgement;
    if (at(heard, {"child", "score"}).is_number()) judgement.score = found.child_score;
    const auto because = [&](bool so, const char* reason) {
        if (so) judgement.reasons.emplace_back(reason);
    };
    because(found.speech_seconds <= 0, "no_speech");
    because(found.speaker == speech::Speaker::adult, "adult");
    because(found.speaker == speech::Speaker::unsure, "child_unsure");
    // One item in no known language does not say that of the others.
    if (found.language != "und") judgement.language = found.language;
    judgement = judge_again(std::move(judgement), plan);
    judgement.sure = judgement.reasons.empty() || found.speaker == speech::Speaker::adult ||
                     found.speaker == speech::Speaker::child;
    return judgement;
}

ChannelJudgement judge_again(ChannelJudgement judgement, const Plan& plan) {
    auto& reasons = judgement.reasons;
    const auto& wanted = plan.accept.languages;
    // Ledgers from before the language was kept have the reason alone.
    const bool was_unwanted = std::ranges::find(reasons, kLanguageUnwanted) != reasons.end();
    std::erase_if(reasons, [](const std::string& reason) {
        return reason == kChildScoreLow || reason == kLanguageUnwanted;
    });
    // The score of what is no child's voice, or not for sure, is no measure.
    if (reasons.empty() && judgement.score.value_or(1) < plan.probe.accept_channel_above)
        reasons.emplace_back(kChildScoreLow);
    const bool is_wanted = judgement.language.empty()
                               ? !was_unwanted
                               : std::ranges::find(wanted, judgement.language) != wanted.end();
    if (!wanted.empty() && !is_wanted) reasons.emplace_back(kLanguageUnwanted);
    return judgement;
}

}  // namespace haul::collect
