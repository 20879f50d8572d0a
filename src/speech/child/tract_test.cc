#include "speech/child/tract.h"

#include <vector>

#include <gtest/gtest.h>

#include "speech/audio/synthetic_voice.h"

namespace haul::speech {
namespace {

std::optional<double> length_of(const std::vector<float>& sound, double bandwidth = 8'000) {
    PitchTracker tracker;
    TractMeter meter;
    meter.add(sound, tracker.track(sound));
    return meter.length_cm(bandwidth);
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

}  // namespace
}  // namespace haul::speech
