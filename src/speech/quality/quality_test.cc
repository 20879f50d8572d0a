#include "speech/quality/quality.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>
#include <random>
#include <vector>

namespace haul::speech {
namespace {

std::vector<float> tone(double hertz, double amplitude, double seconds) {
    std::vector<float> samples(static_cast<std::size_t>(seconds * 16'000));
    for (std::size_t i = 0; i < samples.size(); ++i)
        samples[i] = static_cast<float>(
            amplitude * std::sin(2 * std::numbers::pi * hertz * static_cast<double>(i) / 16'000));
    return samples;
}

std::vector<float> noise(double rms, double seconds) {
    std::mt19937 random(7);
    std::normal_distribution<float> draw(0, static_cast<float>(rms));
    std::vector<float> samples(static_cast<std::size_t>(seconds * 16'000));
    for (float& sample : samples) sample = draw(random);
    return samples;
}

QualityMeter meter() { return std::move(QualityMeter::create()).value(); }

TEST(Quality, KnowsTheLoudnessOfTheReferenceTone) {
    // EBU Tech 3341, case 1, on one channel: a sine of 1 kHz at -23 dBFS reads -23 - 3.01 LUFS.
    QualityMeter quality = meter();
    ASSERT_TRUE(quality.hear(tone(1000, std::pow(10, -23.0 / 20), 20)));
    const auto finding = quality.finish();
    ASSERT_TRUE(finding && finding->lufs);
    EXPECT_NEAR(*finding->lufs, -26.0, 0.15);
}

TEST(Quality, SaysNothingOfWhatIsNotThere) {
    QualityMeter quality = meter();
    ASSERT_TRUE(quality.hear(std::vector<float>(16'000)));
    const auto finding = quality.finish();
    ASSERT_TRUE(finding);
    EXPECT_FALSE(finding->lufs);
    EXPECT_FALSE(finding->snr_db);
    EXPECT_EQ(finding->speech_share, 0);
}

TEST(Quality, EstimatesNoise) {
    for (const double wanted : {0.0, 10.0, 20.0, 40.0}) {
        QualityMeter quality = meter();
        const double rms = 0.1 / std::numbers::sqrt2 / std::pow(10, wanted / 20);
        std::vector<float> all = noise(rms, 10);
        const std::vector<float> voice = tone(200, 0.1, 5);
        for (std::size_t i = 0; i < voice.size(); ++i) all[40'000 + i] += voice[i];
        ASSERT_TRUE(quality.hear(all));
        quality.speech(40'000, std::span(all).subspan(40'000, voice.size()));
        const auto finding = quality.finish();
        ASSERT_TRUE(finding && finding->snr_db);
        EXPECT_NEAR(*finding->snr_db, wanted, 2);
        EXPECT_NEAR(finding->speech_share, 0.5, 1e-6);
    }
}

// Speech that comes and goes: its own quietest tenth is 26 dB below its mean.
std::vector<float> word(double seconds) {
    std::vector<float> samples = tone(200, 0.1, seconds);
    for (std::size_t i = 0; i < samples.size(); ++i)
        if (i / 1600 % 4 == 3) samples[i] *= 0.04F;
    return samples;
}

// The word amid so much noise, 40 dB below it.
std::optional<double> snr_of_word(double pause) {
    const std::vector<float> spoken = word(0.8);
    const auto around = static_cast<std::size_t>(pause * 16'000);
    std::vector<float> all = noise(0.1 * std::sqrt(3.0 / 8) / 100, 0.8 + 2 * pause);
    for (std::size_t i = 0; i < spoken.size(); ++i) all[around + i] += spoken[i];
    QualityMeter quality = meter();
    EXPECT_TRUE(quality.hear(all));
    // In two pieces, as it comes.
    quality.speech(around, std::span(all).subspan(around, 5000));
    quality.speech(around + 5000, std::span(all).subspan(around + 5000, spoken.size() - 5000));
    return quality.finish()->snr_db;
}

TEST(Quality, TakesNoPausesOfSpeechForBackground) {
    EXPECT_EQ(snr_of_word(0), std::nullopt);
    EXPECT_EQ(snr_of_word(0.1), std::nullopt);
    const auto with_pauses = snr_of_word(0.25);
    ASSERT_TRUE(with_pauses);
    EXPECT_NEAR(*with_pauses, 40, 1.5);
}

TEST(Quality, TakesNoDigitalSilenceForBackground) {
    std::vector<float> all(48'000);
    const std::vector<float> spoken = word(1);
    std::ranges::copy(spoken, all.begin() + 16'000);
    QualityMeter quality = meter();
    ASSERT_TRUE(quality.hear(all));
    quality.speech(16'000, std::span(all).subspan(16'000, spoken.size()));
    EXPECT_EQ(quality.finish()->snr_db, std::nullopt);
}

// What is heard of a recording that ends within a window of 32 ms.
TEST(Quality, TakesSpeechUpToTheLastSample) {
    std::vector<float> all = noise(0.001, 1);
    const std::vector<float> spoken = tone(200, 0.1, 0.51);
    all.insert(all.end(), spoken.begin(), spoken.end());
    QualityMeter quality = meter();
    ASSERT_TRUE(quality.hear(all));
    quality.speech(16'000, std::span(all).subspan(16'000));
    const auto finding = quality.finish();
    ASSERT_TRUE(finding && finding->snr_db);
    EXPECT_NEAR(*finding->snr_db, 37, 1);
}

TEST(Quality, BeginsAnewAfterReset) {
    QualityMeter quality = meter();
    ASSERT_TRUE(quality.hear(noise(0.5, 2)));
    ASSERT_TRUE(quality.finish()->lufs);
    ASSERT_TRUE(quality.reset());
    ASSERT_TRUE(quality.hear(std::vector<float>(16'000)));
    EXPECT_FALSE(quality.finish()->lufs);
}

}  // namespace
}  // namespace haul::speech
