// What a plan thinks of what was heard. Pure: stored scores are judged again when a plan changes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "flow/collect/plan/plan.h"
#include "speech/verdict/verdict.h"

namespace haul::collect {

// `heard`: a line of haul-speech (docs/schemas/heard.json). What it does not say is not there.
[[nodiscard]] speech::Findings findings_of(const json::Value& heard);
// Whether anything could be decoded.
[[nodiscard]] bool is_heard(const json::Value& heard);
// Why nothing could be.
[[nodiscard]] std::string why_unheard(const json::Value& heard);

// Of a recording: every reason against it. Empty: it is accepted.
[[nodiscard]] std::vector<std::string> reasons_against(const json::Value& heard,
                                                       const speech::Accept& accept);

// Of the item that stands for its channel. The channel is accepted where there are no reasons against it.
struct ChannelJudgement {
    std::optional<double> score{};
    std::string language{};  // empty: not known
    std::vector<std::string> reasons{};
    bool sure = true;  // false: this item does not say it, another may
};
[[nodiscard]] ChannelJudgement judge_channel(const json::Value& heard, const Plan& plan);
// The same judgement by another plan: what no plan can change stands.
[[nodiscard]] ChannelJudgement judge_again(ChannelJudgement judgement, const Plan& plan);

}  // namespace haul::collect
