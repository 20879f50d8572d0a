#include "speech/language/log_mel.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <vector>

namespace haul::speech {
namespace {

float tone(double hertz, std::size_t at) {
    return static_cast<float>(std::sin(2 * std::numbers::pi * hertz * static_cast<double>(at) / 16000));
}

// 440 Hz for a second, and 3 kHz in its first half.
std::vector<float> two_tones() {
    std::vector<float> samples(16000);
    for (std::size_t i = 0; i < samples.size(); ++i)
        samples[i] = 0.5F * tone(440, i) + (i < 8000 ? 0.1F * tone(3000, i) : 0.0F);
    return samples;
}

struct Expected {
    std::size_t band, frame;
    float level;
};

TEST(LogMel, IsWhatNumpyComputesInDoublePrecision) {
    const auto samples = two_tones();
    std::vector<float> bands(LogMel::kBands * LogMel::frames(samples.size()));
    ASSERT_EQ(bands.size(), 80U * 100U);
    LogMel().write(samples, bands);
    for (const auto& [band, frame, level] : {
             Expected{0, 0, 0.9887F},
             Expected{11, 0, 1.1109F},
             Expected{11, 50, 1.4382F},
             Expected{12, 50, 1.2935F},
             Expected{54, 20, 0.9646F},
             Expected{55, 20, 0.9410F},
             Expected{55, 49, 0.9409F},
             Expected{55, 70, -0.5618F},
             Expected{79, 30, -0.5618F},
             Expected{52, 99, -0.2883F},
             Expected{11, 99, 1.4357F},
             Expected{30, 49, -0.4346F},
         })
        EXPECT_NEAR(bands[band * 100 + frame], level, 1e-3) << band << " " << frame;
}

TEST(LogMel, SilenceIsTheSameEverywhere) {
    const std::vector<float> silence(1600);
    std::vector<float> bands(LogMel::kBands * 10);
    LogMel().write(silence, bands);
    for (const float level : bands) ASSERT_FLOAT_EQ(level, -1.5F);
}

TEST(LogMel, LaterSpeechDoesNotRememberEarlier) {
    LogMel one;
    const auto samples = two_tones();
    std::vector<float> first(LogMel::kBands * 100), again(LogMel::kBands * 100), other(LogMel::kBands * 10);
    one.write(samples, first);
    one.write(std::vector<float>(1600, 0.5F), other);
    one.write(samples, again);
    EXPECT_EQ(first, again);
}

}  // namespace
}  // namespace haul::speech
