#include "speech/child/pitch.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "speech/audio/synthetic_voice.h"

namespace haul::speech {
namespace {

Median pitches_of(const std::vector<float>& sound) {
    PitchTracker tracker;
    Median found(60, 700);
    for (const float hz : tracker.track(sound))
        if (hz > 0) found.add(hz);
    return found;
}

class Pitches : public testing::TestWithParam<double> {};

TEST_P(Pitches, AreFound) {
    for (const double tract : {12.0, 17.0}) {
        const auto found = pitches_of(synthetic_voice(GetParam(), tract, 3));
        EXPECT_NEAR(found.value(), GetParam(), GetParam() * 0.02) << tract;
        EXPECT_GT(found.count(), 80U);
    }
}

INSTANTIATE_TEST_SUITE_P(FromMenToChildren, Pitches,
                         testing::Values(85.0, 120.0, 180.0, 240.0, 310.0, 420.0));

TEST(Pitch, NoiseAndSilenceHaveNone) {
    TestNoise noise;
    std::vector<float> sound(48'000);
    for (float& x : sound) x = 0.1F * noise.next();
    EXPECT_LT(pitches_of(sound).count(), 8U);
    EXPECT_EQ(pitches_of(std::vector<float>(48'000, 0.0F)).count(), 0U);
    EXPECT_EQ(pitches_of(std::vector<float>(100, 0.1F)).count(), 0U);
}

TEST(Pitch, OfAVoiceInNoiseIsStillFound) {
    auto sound = synthetic_voice(250, 13, 3);
    TestNoise noise;
    for (float& x : sound) x += 0.05F * noise.next();
    EXPECT_NEAR(pitches_of(sound).value(), 250, 5);
}

TEST(MedianOfNumbers, IsWithinHalfAPerCent) {
    Median median(60, 700);
    EXPECT_EQ(median.value(), 0);
    for (int hz = 100; hz <= 300; ++hz) median.add(hz);
    EXPECT_NEAR(median.value(), 200, 1.5);
    median.add(1e9);  // beyond the scale: at its end
    median.add(1e-9);
    EXPECT_NEAR(median.value(), 200, 1.5);
    EXPECT_EQ(median.count(), 203U);
}

}  // namespace
}  // namespace haul::speech
