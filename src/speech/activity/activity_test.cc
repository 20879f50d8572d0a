#include "speech/activity/activity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>
#include <vector>

namespace haul::speech {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using Stretch = std::pair<std::uint64_t, std::uint64_t>;

struct Heard {
    std::vector<Stretch> stretches;
    std::vector<float> samples;
};

class Recorder final : public SpeechListener {
  public:
    Heard heard;

    Status speech_began(std::uint64_t at) override {
        EXPECT_FALSE(open_);
        open_ = true;
        heard.stretches.emplace_back(at, at);
        return {};
    }
    Status speech(std::span<const float> piece) override {
        EXPECT_TRUE(open_);
        heard.stretches.back().second += piece.size();
        heard.samples.insert(heard.samples.end(), piece.begin(), piece.end());
        return {};
    }
    Status speech_ended(std::uint64_t at) override {
        EXPECT_TRUE(open_);
        EXPECT_EQ(heard.stretches.back().second, at) << "what was handed over is not what was said";
        open_ = false;
        return {};
    }

  private:
    bool open_ = false;
};

// Takes the first sample of a window for its likelihood.
class Told final : public Detector {
  public:
    Result<double> judge(std::span<const float, kWindow> window) override {
        return static_cast<double>(window[0]);
    }
    void reset() override {}
    const ModelId& id() const override { return id_; }

  private:
    ModelId id_{"told", ""};
};

// Each sample different, the first of each window its likelihood.
std::vector<float> told(const std::vector<std::pair<float, std::size_t>>& runs) {
    std::vector<float> samples;
    for (const auto& [likelihood, count] : runs) {
        for (std::size_t i = 0; i < count * kWindow; ++i)
            samples.push_back(i % kWindow == 0 ? likelihood : static_cast<float>(samples.size()));
    }
    return samples;
}

Heard hear(Activity& activity, std::span<const float> audio, std::size_t block) {
    Recorder recorder;
    while (!audio.empty()) {
        const auto now = audio.first(std::min(block, audio.size()));
        EXPECT_TRUE(activity.hear(now, recorder));
        audio = audio.subspan(now.size());
    }
    EXPECT_TRUE(activity.finish(recorder));
    return recorder.heard;
}

TEST(Activity, HandsOnSpeechWithItsPadding) {
    const auto audio = told({{0.1F, 20}, {0.9F, 30}, {0.1F, 20}, {0.9F, 20}});
    for (const std::size_t block : {1UL, 100UL, 512UL, 5000UL, 1'000'000UL}) {
        Activity activity(std::make_unique<Told>(), {});
        const Heard heard = hear(activity, audio, block);
        EXPECT_THAT(heard.stretches,
                    ElementsAre(Stretch{20 * 512 - 480, 50 * 512 + 480}, Stretch{70 * 512 - 480, 90 * 512}));
        std::vector<float> wanted;
        for (const auto& [from, until] : heard.stretches)
            wanted.insert(wanted.end(), audio.begin() + static_cast<std::ptrdiff_t>(from),
                          audio.begin() + static_cast<std::ptrdiff_t>(until));
        EXPECT_EQ(heard.samples, wanted);
    }
}

TEST(Activity, StretchesNeverOverlap) {
    Activity activity(std::make_unique<Told>(), {.min_silence = 0.03, .padding = 0.2});
    const Heard heard = hear(activity, told({{0.9F, 20}, {0.1F, 3}, {0.9F, 20}, {0.1F, 20}}), 700);
    ASSERT_THAT(heard.stretches, SizeIs(2));
    EXPECT_LE(heard.stretches[0].second, heard.stretches[1].first);
}

TEST(Activity, TheLastWindowMayBeShort) {
    auto audio = told({{0.9F, 20}});
    audio.resize(audio.size() - 100);
    Activity activity(std::make_unique<Told>(), {});
    EXPECT_THAT(hear(activity, audio, 512).stretches, ElementsAre(Stretch{0, audio.size()}));
    EXPECT_THAT(hear(activity, {}, 512).stretches, IsEmpty());
}

// A buzz with the pitch of a voice, or nothing, above noise.
std::vector<float> buzz(double from, double until, double seconds, float noise) {
    std::mt19937 random(1);
    std::normal_distribution<float> draw(0, noise);
    std::vector<float> samples(static_cast<std::size_t>(seconds * 16'000));
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const double t = static_cast<double>(i) / 16'000;
        samples[i] = draw(random);
        if (t < from || t >= until) continue;
        for (int harmonic = 1; harmonic <= 12; ++harmonic)
            samples[i] += static_cast<float>(0.05 * std::sin(2 * std::numbers::pi * 220 * harmonic * t));
    }
    return samples;
}

TEST(BuiltInDetector, HearsAVoiceAndNoNoise) {
    auto activity = make_activity(std::nullopt, {});
    ASSERT_TRUE(activity);
    EXPECT_EQ(activity->id().name, "built-in");
    const Heard heard = hear(*activity, buzz(2, 4, 6, 0.005F), 4096);
    ASSERT_THAT(heard.stretches, SizeIs(1));
    EXPECT_NEAR(static_cast<double>(heard.stretches[0].first), 32'000, 1600);
    EXPECT_NEAR(static_cast<double>(heard.stretches[0].second), 64'000, 3200);
    EXPECT_THAT(hear(*activity, buzz(0, 0, 6, 0.05F), 4096).stretches, IsEmpty());
    EXPECT_THAT(hear(*activity, std::vector<float>(64'000), 4096).stretches, IsEmpty());
}

TEST(SileroDetector, RefusesWhatIsNoModel) {
    const auto none = silero_detector({.path = "/nowhere/model.onnx"});
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().subject, "/nowhere/model.onnx");
}

}  // namespace
}  // namespace haul::speech
