#include "speech/verdict/verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace haul::speech {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const Findings kChild{.speaker = Speaker::child, .child_score = 0.9, .language = "en", .speech_seconds = 5};

TEST(Verdict, AcceptsWhatThePlanWants) {
    const Verdict verdict = judge(kChild, {});
    EXPECT_TRUE(verdict.accepted);
    EXPECT_THAT(verdict.reasons, IsEmpty());
}

struct Case {
    Findings findings;
    Accept accept;
    std::vector<std::string> reasons;
};

TEST(Verdict, SaysEveryReason) {
    const std::vector<Case> cases = {
        {{.speaker = Speaker::none, .language = "und"}, {}, {"no_speech"}},
        {{.speaker = Speaker::unsure, .child_score = 0.5, .language = "en", .speech_seconds = 1.5},
         {},
         {"speech_too_short", "child_unsure"}},
        {{.speaker = Speaker::adult, .child_score = 0.1, .language = "en", .speech_seconds = 9},
         {},
         {"adult"}},
        {{.speaker = Speaker::child, .child_score = 0.7, .language = "en", .speech_seconds = 9},
         {},
         {"child_score_low"}},
        {{.speaker = Speaker::child, .child_score = 0.9, .language = "und", .speech_seconds = 9},
         {.languages = {"en"}},
         {"language_unknown"}},
        {kChild, {.languages = {"de", "nl"}}, {"language_unwanted"}},
        {{.speaker = Speaker::adult, .child_score = 0.1, .language = "fr", .speech_seconds = 1},
         {.languages = {"de"}},
         {"speech_too_short", "adult", "language_unwanted"}},
    };
    for (const Case& one : cases) {
        const Verdict verdict = judge(one.findings, one.accept);
        EXPECT_FALSE(verdict.accepted);
        EXPECT_EQ(verdict.reasons, one.reasons);
    }
}

TEST(Accept, HasDefaults) {
    const auto accept = parse_accept("name = 'x'\n", "plan");
    ASSERT_TRUE(accept);
    EXPECT_EQ(accept->child_score, 0.8);
    EXPECT_EQ(accept->speech_seconds, 3.0);
    EXPECT_THAT(accept->languages, IsEmpty());
}

TEST(Accept, ReadsItsTable) {
    const auto accept = parse_accept(
        "[accept]\nlicences = ['CC0-1.0']\nlanguages = ['en', 'de']\nchild_score = 1\nspeech_seconds = 2.5\n",
        "plan");
    ASSERT_TRUE(accept);
    EXPECT_THAT(accept->licences, ElementsAre("CC0-1.0"));
    EXPECT_THAT(accept->languages, ElementsAre("en", "de"));
    EXPECT_EQ(accept->child_score, 1);
    EXPECT_EQ(accept->speech_seconds, 2.5);
}

TEST(Accept, NamesLineAndKeyOfWhatIsWrong) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"[accept]\nchild_scor = 1\n", "line 2: accept.child_scor is no key"},
        {"[accept]\n\nchild_score = 1.5\n", "line 3: accept.child_score is not between 0 and 1"},
        {"[accept]\nchild_score = nan\n", "line 2: accept.child_score is no number"},
        {"[accept]\nchild_score = 'high'\n", "line 2: accept.child_score is no number"},
        {"[accept]\nlanguages = 'en'\n", "line 2: accept.languages is no list of texts"},
        {"[accept]\nlanguages = ['en', 3]\n", "line 2: accept.languages holds what is no text"},
        {"accept = 3\n", "line 1"},
        {"[accept]\nlanguages = [\n", "line "},
    };
    for (const auto& [toml, words] : cases) {
        const auto accept = parse_accept(toml, "plan.toml");
        ASSERT_FALSE(accept) << toml;
        EXPECT_EQ(accept.error().code, Code::usage);
        EXPECT_THAT(accept.error().message(), HasSubstr(words)) << toml;
        EXPECT_THAT(accept.error().message(), HasSubstr("plan.toml"));
    }
}

}  // namespace
}  // namespace haul::speech
