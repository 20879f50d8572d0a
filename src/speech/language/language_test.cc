#include "speech/language/language.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "base/file.h"
#include "base/test_folder.h"
#include "speech/language/written_network.h"

namespace haul::speech {
namespace {

using test::constant, test::input, test::network, test::node, test::output;

// The mean of the samples, times 10, 0 and -10 unless said.
std::string by_mean(std::uint64_t samples, bool softmax = true,
                    const std::vector<float>& times = {10, 0, -10}) {
    const std::string last = softmax ? node("Softmax", {"scores"}, "p") : node("Identity", {"scores"}, "p");
    return network(node("ReduceMean", {"pcm"}, "mean", {{"axes", 1, true}, {"keepdims", 1}}) +
                   node("MatMul", {"mean", "weights"}, "scores") + last + constant("weights", times) +
                   input("pcm", {1, samples}) + output("p", {1, 3}));
}

// The loudest of 80 bands.
std::string by_band(std::uint64_t frames) {
    return network(node("ReduceMean", {"mel"}, "mean", {{"axes", 2, true}, {"keepdims", 0}}) +
                   node("Softmax", {"mean"}, "p") + input("mel", {1, 80, frames}) + output("p", {1, 80}));
}

class Language : public ::testing::Test {
  protected:
    Model model(const std::string& onnx, Input input = Input::pcm,
                std::vector<std::string> labels = {"en", "de", "fr"}) {
        EXPECT_TRUE(file::write_durably(AT_FDCWD, folder_.path("model.onnx"), onnx, false));
        return {.role = Role::language,
                .id = {"mine", "abc"},
                .path = folder_.path("model.onnx"),
                .input = input,
                .labels = std::move(labels),
                .operators = true};
    }
    LanguageFinding judged(const Model& model, const std::vector<float>& speech,
                           double sure = LanguageJudge::kSure) {
        auto judge = LanguageJudge::create(model);
        EXPECT_TRUE(judge) << judge.error().message();
        auto finding = judge->judge(speech, sure);
        EXPECT_TRUE(finding) << finding.error().message();
        return finding ? *finding : LanguageFinding{};
    }
    void expect_refused(const Model& model, const std::string& why) {
        auto judge = LanguageJudge::create(model);
        Result<LanguageFinding> finding = LanguageFinding{};
        if (judge) finding = judge->judge(std::vector<float>(32000, 0.3F));
        ASSERT_FALSE(judge && finding) << "accepted, though " << why;
        const Error& error = judge ? finding.error() : judge.error();
        EXPECT_EQ(error.code, Code::corrupt);
        EXPECT_THAT(error.detail, ::testing::HasSubstr(why));
        EXPECT_FALSE(error.remedy.empty());
    }

    test::Folder folder_;
};

TEST_F(Language, AModelOfSamplesIsAsked) {
    const auto finding = judged(model(by_mean(0)), std::vector<float>(128000, 0.2F));
    const double p = std::exp(2.0) / (std::exp(2.0) + 1 + std::exp(-2.0));
    EXPECT_EQ(finding, (LanguageFinding{"en", std::round(p * 1000) / 1000, {"mine", "abc"}}));
    EXPECT_EQ(judged(model(by_mean(0)), std::vector<float>(32000, -0.2F)).code, "fr");
}

TEST_F(Language, OnlyWhatIsLikelyEnoughIsACode) {
    const LanguageFinding finding{"en", 0.7, {}};
    EXPECT_EQ(finding.code_at(0.7), "en");
    EXPECT_EQ(finding.code_at(0.701), "und");
}

TEST_F(Language, OfNothingNothingIsSaid) {
    EXPECT_EQ(judged(model(by_mean(0)), {}), (LanguageFinding{"und", 0, {"mine", "abc"}}));
}

TEST_F(Language, TwelveSecondsAreHeardAndNoMore) {
    std::vector<float> speech(20 * 16000, 0.2F);
    std::fill(speech.begin() + LanguageJudge::kMost, speech.end(), -1.0F);
    EXPECT_EQ(judged(model(by_mean(0)), speech), judged(model(by_mean(0)), std::vector<float>(128000, 0.2F)));
}

TEST_F(Language, FiveSecondsAreEnoughWhereTheyMakeItSure) {
    std::vector<float> speech(12 * 16000, 0.5F);
    std::fill(speech.begin() + 5 * 16000, speech.end(), -1.0F);
    EXPECT_EQ(judged(model(by_mean(0)), speech), judged(model(by_mean(0)), std::vector<float>(128000, 0.5F)));
    EXPECT_EQ(judged(model(by_mean(0)), speech, 0.995).code, "fr");
    std::fill(speech.begin(), speech.begin() + 5 * 16000, 0.2F);
    EXPECT_EQ(judged(model(by_mean(0)), speech).code, "fr");
    // Of less than 8 s all is heard.
    speech.assign(7 * 16000, 0.9F);
    std::fill(speech.begin() + 6 * 16000, speech.end(), -9.0F);
    EXPECT_EQ(judged(model(by_mean(0)), speech).code, "fr");
}

TEST_F(Language, OneJudgeHearsSpeechOfAnyLength) {
    auto judge = LanguageJudge::create(model(by_mean(0)));
    ASSERT_TRUE(judge);
    for (const std::size_t samples : {48000U, 16000U, 100000U, 16000U}) {
        const auto finding = judge->judge(std::vector<float>(samples, -0.3F));
        ASSERT_TRUE(finding) << finding.error().message();
        EXPECT_EQ(finding->code, "fr");
    }
}

TEST_F(Language, AModelOfFixedLengthGetsThatLength) {
    // Half of it is silence then.
    const auto finding = judged(model(by_mean(256000)), std::vector<float>(128000, 0.4F));
    EXPECT_EQ(finding, judged(model(by_mean(0)), std::vector<float>(128000, 0.2F)));
}

TEST_F(Language, ShortSpeechIsFollowedByTwoSecondsOfSilence) {
    const auto finding = judged(model(by_mean(0)), std::vector<float>(32000, 0.4F));
    EXPECT_EQ(finding, judged(model(by_mean(0)), std::vector<float>(128000, 0.2F)));
    EXPECT_NE(finding, judged(model(by_mean(0)), std::vector<float>(128000, 0.4F)));
}

TEST_F(Language, AModelOfLogMelHearsBands) {
    std::vector<std::string> labels;
    for (int band = 0; band < 80; ++band) labels.push_back(std::to_string(band));
    std::vector<float> tone(32000);
    for (std::size_t i = 0; i < tone.size(); ++i)
        tone[i] = static_cast<float>(std::sin(2 * std::numbers::pi * static_cast<double>(i) / 16));
    EXPECT_EQ(judged(model(by_band(0), Input::log_mel, labels), tone).code, "26");
    EXPECT_EQ(judged(model(by_band(300), Input::log_mel, labels), tone).code, "26");
}

TEST_F(Language, AModelThatDoesNotFitIsRefused) {
    expect_refused(model(by_mean(0), Input::pcm, {"en", "de"}), "3 outputs and 2 labels");
    expect_refused(model(by_mean(0), Input::pcm, {}), "not named");
    expect_refused(model(by_mean(0, false)), "no probabilities");
    expect_refused(model(by_mean(0, false, {10, 10, 10})), "no probabilities");
    expect_refused(model(by_mean(0), Input::log_mel), "");
    expect_refused(model("no network"), "");
    expect_refused(model(by_mean(300)), "too short");
}

}  // namespace
}  // namespace haul::speech
