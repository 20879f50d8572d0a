#include "flow/collect/judgement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace haul::collect {
namespace {

json::Value heard(const std::string& decision, double score, const std::string& language) {
    return {{"segments", json::Value::array()},
            {"duration", 10},
            {"child", {{"decision", decision}, {"score", score}}},
            {"language", {{"code", language}}},
            {"quality", {{"speech_share", 0.5}}}};
}

Plan plan(double above, std::vector<std::string> languages) {
    Plan made;
    made.probe.accept_channel_above = above;
    made.accept.languages = std::move(languages);
    return made;
}

using Reasons = std::vector<std::string>;

// A channel that is judged again by a plan comes to what that plan would have said at once.
TEST(JudgeAgain, IsAsIfItWereHeardAnew) {
    const std::vector<Plan> plans = {plan(0.5, {}), plan(0.9, {}), plan(0.5, {"de"}),
                                     plan(0.9, {"nl", "de"})};
    for (const char* const decision : {"child", "adult", "unsure"})
        for (const double score : {0.2, 0.7, 0.95})
            for (const char* const language : {"de", "nl", "und"})
                for (const Plan& before : plans)
                    for (const Plan& now : plans) {
                        const json::Value one = heard(decision, score, language);
                        EXPECT_EQ(judge_again(judge_channel(one, before), now).reasons,
                                  judge_channel(one, now).reasons)
                            << one;
                    }
}

TEST(JudgeAgain, WhatAPlanChangesAndWhatItDoesNot) {
    const ChannelJudgement child = {.score = 0.6, .language = "nl"};
    EXPECT_EQ(judge_again(child, plan(0.7, {})).reasons, Reasons({"child_score_low"}));
    EXPECT_EQ(judge_again(child, plan(0.7, {"de"})).reasons,
              Reasons({"child_score_low", "language_unwanted"}));
    EXPECT_EQ(judge_again(child, plan(0.5, {"nl"})).reasons, Reasons());
    EXPECT_EQ(judge_again({.score = 0.1, .reasons = {"adult"}}, plan(0, {})).reasons, Reasons({"adult"}));
    EXPECT_EQ(judge_again({.reasons = {"undecodable"}}, plan(0, {})).reasons, Reasons({"undecodable"}));
    // The reason alone is known.
    const ChannelJudgement old = {.score = 0.9, .reasons = {"language_unwanted"}};
    EXPECT_EQ(judge_again(old, plan(0.7, {"de"})).reasons, Reasons({"language_unwanted"}));
    EXPECT_EQ(judge_again(old, plan(0.7, {})).reasons, Reasons());
}

}  // namespace
}  // namespace haul::collect
