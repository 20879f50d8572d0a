#include "speech/child/tract.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "speech/audio/synthetic_voice.h"

namespace haul::speech {
namespace {

std::optional<double> length_of(const std::vector<float>& sound, double bandwidth = 8'000) {
    PitchTracker tracker;
    TractMeter meter;
    TractLength length;
    length.add(meter.measure(sound, tracker.track(sound)));
    return length.cm(bandwidth);
}

TEST(Tract, LengthIsFound) {
    for (const double cm : {12.0, 14.5, 17.5})
        for (const double pitch : {100.0, 160.0, 230.0}) {
            const auto found = length_of(synthetic_voice(pitch, cm, 3));
            ASSERT_TRUE(found.has_value());
            EXPECT_NEAR(*found, cm, 0.05 * cm) << pitch << " Hz";
        }
}

TEST(Tract, NarrowRecordingsUseLowerFormants) {
    const auto found = length_of(synthetic_voice(120, 16, 3), 4'000);
    ASSERT_TRUE(found.has_value());
    EXPECT_NEAR(*found, 16, 1);
}

TEST(Tract, NothingVoicedHasNoLength) {
    TestNoise noise;
    std::vector<float> sound(48'000);
    for (float& x : sound) x = 0.1F * noise.next();
    EXPECT_FALSE(length_of(sound).has_value());
    EXPECT_FALSE(length_of(std::vector<float>(48'000, 0.0F)).has_value());
    EXPECT_FALSE(length_of(synthetic_voice(120, 16, 0.3)).has_value());
}

TEST(VoiceNumbers, AreMediansOrWhatLiesBetween) {
    const auto sound = synthetic_voice(160, 14, 3);
    PitchTracker tracker;
    TractMeter meter;
    const auto track = tracker.track(sound);
    const auto numbers = voice_numbers(track, meter.measure(sound, track));
    EXPECT_NEAR(std::exp(numbers[0]), 160, 3);
    EXPECT_NEAR(std::exp(numbers[1]), 1'250, 60);
    EXPECT_NEAR(std::exp(numbers[2]), 1'250, 60);
    const auto none = voice_numbers({}, {});
    EXPECT_NEAR(std::exp(none[0]), 220, 0.01);
    EXPECT_NEAR(std::exp(none[1]), 1'220, 0.01);
}

}  // namespace
}  // namespace haul::speech
