#include "speech/child/child.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "speech/audio/synthetic_voice.h"
#include "speech/child/head.h"

namespace haul::speech {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

ChildJudge judge() {
    auto made = ChildJudge::create(std::nullopt);
    EXPECT_TRUE(made.has_value());
    return *std::move(made);
}

ChildFinding finding_of(ChildJudge& judge, const std::vector<float>& speech, Conditions conditions = {}) {
    judge.begin_segment();
    judge.hear(speech);
    (void)judge.end_segment();
    auto found = judge.finish(conditions);
    EXPECT_TRUE(found.has_value());
    return *std::move(found);
}

TEST(Child, NoSpeechIsNone) {
    auto one = judge();
    const auto found = *one.finish({});
    EXPECT_EQ(found.decision, Decision::none);
    EXPECT_FALSE(found.score.has_value());
    EXPECT_THAT(found.reasons, Contains("no speech"));
}

TEST(Child, AMansVoiceIsAnAdults) {
    auto one = judge();
    const auto found = finding_of(one, synthetic_voice(110, 17.5, 6));
    EXPECT_EQ(found.decision, Decision::adult);
    EXPECT_LT(found.score.value(), 0.5);
    EXPECT_NEAR(found.pitch_hz.value(), 110, 3);
    EXPECT_NEAR(found.vtl_cm.value(), 17.5, 1);
    EXPECT_GT(found.bandwidth_hz.value(), 5'000);
    EXPECT_NEAR(found.speech_seconds, 6, 1e-9);
    EXPECT_THAT(found.reasons, Contains(HasSubstr("median pitch 110 Hz")));
    EXPECT_THAT(found.reasons, Contains(HasSubstr("vocal tract about 17")));
    EXPECT_EQ(found.model.name, kLogMelHead.name);
    EXPECT_EQ(found.model.sha256.size(), 64U);
}

TEST(Child, ShorterTractAndHigherPitchScoreHigher) {
    auto one = judge();
    const double man = finding_of(one, synthetic_voice(110, 17.5, 6)).score.value();
    const double child = finding_of(one, synthetic_voice(290, 12, 6)).score.value();
    EXPECT_GT(child, man);
}

TEST(Child, BelowTwoSecondsIsUnsure) {
    auto one = judge();
    const auto little = finding_of(one, synthetic_voice(110, 17.5, 1.4));
    EXPECT_EQ(little.decision, Decision::unsure);
    EXPECT_EQ(little.confidence, Confidence::low);
    EXPECT_TRUE(little.score.has_value());
    EXPECT_THAT(little.reasons, Contains(HasSubstr("only 1.4 s of speech")));
    EXPECT_FALSE(finding_of(one, synthetic_voice(110, 17.5, 0.5)).score.has_value());
}

TEST(Child, ASegmentHasAScoreFromOneSecondOn) {
    auto one = judge();
    one.begin_segment();
    one.hear(synthetic_voice(110, 17.5, 0.9));
    EXPECT_FALSE(one.end_segment().has_value());
    one.begin_segment();
    one.hear(synthetic_voice(110, 17.5, 7.3));
    const auto score = one.end_segment();
    ASSERT_TRUE(score.has_value());
    EXPECT_GE(*score, 0);
    EXPECT_LE(*score, 1);
}

TEST(Child, BlocksOfAnySizeGiveTheSame) {
    auto one = judge();
    const auto speech = synthetic_voice(220, 14, 7.7);
    const auto whole = finding_of(one, speech);
    one.begin_segment();
    for (std::size_t at = 0; at < speech.size(); at += 777)
        one.hear(std::span(speech).subspan(at, std::min<std::size_t>(777, speech.size() - at)));
    (void)one.end_segment();
    const auto again = *one.finish({});
    EXPECT_EQ(whole.score, again.score);
    EXPECT_EQ(whole.pitch_hz, again.pitch_hz);
    EXPECT_EQ(whole.vtl_cm, again.vtl_cm);
    EXPECT_EQ(whole.reasons, again.reasons);
}

TEST(Child, AFileLeavesNothingBehind) {
    auto one = judge();
    const auto first = finding_of(one, synthetic_voice(220, 14, 4));
    (void)finding_of(one, synthetic_voice(100, 18, 5));
    const auto again = finding_of(one, synthetic_voice(220, 14, 4));
    EXPECT_EQ(first.score, again.score);
    EXPECT_EQ(first.pitch_hz, again.pitch_hz);
    EXPECT_EQ(first.bandwidth_hz, again.bandwidth_hz);
}

TEST(Child, AFileThatIsGivenUpLeavesNothingBehind) {
    auto one = judge(), other = judge();
    one.begin_segment();
    one.hear(synthetic_voice(110, 17.5, 4));
    one.reset();
    const auto voice = synthetic_voice(300, 12, 5);
    const auto found = finding_of(one, voice), alone = finding_of(other, voice);
    EXPECT_EQ(found.score, alone.score);
    EXPECT_EQ(found.pitch_hz, alone.pitch_hz);
    EXPECT_EQ(found.speech_seconds, alone.speech_seconds);
    one.reset();
    EXPECT_EQ(one.finish({})->decision, Decision::none);
}

TEST(Child, NoiseIsSaidToMakeItLessCertain) {
    auto one = judge();
    const auto speech = synthetic_voice(110, 17.5, 6);
    EXPECT_THAT(finding_of(one, speech, {.snr_db = 30}).reasons, Not(Contains(HasSubstr("over noise"))));
    const auto noisy = finding_of(one, speech, {.snr_db = 8});
    EXPECT_EQ(noisy.confidence, Confidence::low);
    EXPECT_THAT(noisy.reasons, Contains("speech only 8 dB over noise: less certain"));
}

TEST(Child, SilenceGivenAsSpeechIsUnsure) {
    auto one = judge();
    const auto found = finding_of(one, std::vector<float>(96'000, 0.0F));
    EXPECT_EQ(found.decision, Decision::unsure);
    EXPECT_FALSE(found.score.has_value());
}

TEST(Child, LoudnessChangesNothing) {
    auto one = judge();
    auto speech = synthetic_voice(220, 14, 6);
    const double loud = finding_of(one, speech).score.value();
    for (float& x : speech) x *= 0.02F;
    EXPECT_NEAR(finding_of(one, speech).score.value(), loud, 1e-3);
}

TEST(Child, NamesAreAsInTheOutput) {
    EXPECT_EQ(name_of(Decision::unsure), "unsure");
    EXPECT_EQ(name_of(Confidence::low), "low");
}

TEST(Child, AnOperatorsModelThatIsNoneIsRefused) {
    Model own;
    own.path = HAUL_SOURCE_DIR "/README.md";
    own.operators = true;
    EXPECT_FALSE(ChildJudge::create(own).has_value());
}

}  // namespace
}  // namespace haul::speech
