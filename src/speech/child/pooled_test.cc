#include "speech/child/pooled.h"
#include "speech/audio/log_mel.h"

#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "speech/audio/synthetic_voice.h"

namespace haul::speech {
namespace {

std::vector<float> numbers_of(const std::vector<float>& sound) {
    Frames frames;
    LogMel log_mel;
    return pooled(log_mel.bands(frames.powers_of(sound), gain_of(root_mean_square(sound))));
}

// As tests/vectors/make_log_mel_vectors.py makes them.
std::map<std::string, std::vector<float>> sounds() {
    std::map<std::string, std::vector<float>> made;
    TestNoise noise;
    double low = 0;
    for (std::size_t i = 0; i < 48'000; ++i) {
        const float white = noise.next();
        if (i > 0) low = 0.95 * low + white;
        if (i < 16'000) made["white"].push_back(white * 0.3F);
        if (i < 40'001) made["low"].push_back(static_cast<float>(low * 0.001));
        made["gaps"].push_back(i / 4'000 % 3 == 0 ? 0.0F : static_cast<float>(low * 0.01));
    }
    return made;
}

// The head was trained with numbers of bench/speech/features.py: these must be the same.
TEST(LogMelNumbers, AreThoseTheHeadWasTrainedWith) {
    std::ifstream file(HAUL_SOURCE_DIR "/tests/vectors/speech/log_mel.txt");
    const auto made = sounds();
    std::size_t compared = 0;
    for (std::string line; std::getline(file, line);) {
        std::istringstream words(line);
        std::string name;
        words >> name;
        const auto found = numbers_of(made.at(name));
        ASSERT_EQ(found.size(), 160U);
        for (const float ours : found) {
            float theirs = 0;
            ASSERT_TRUE(words >> theirs);
            EXPECT_NEAR(ours, theirs, 1e-3) << name << " number " << compared % 160;
            ++compared;
        }
    }
    EXPECT_EQ(compared, 3U * 160);
}

TEST(LogMelNumbers, DoNotDependOnLoudness) {
    auto sound = synthetic_voice(200, 14, 3);
    const auto loud = numbers_of(sound);
    for (float& x : sound) x *= 0.01F;
    const auto soft = numbers_of(sound);
    for (std::size_t i = 0; i < loud.size(); ++i) EXPECT_NEAR(loud[i], soft[i], 1e-3);
}

TEST(LogMelNumbers, OfSilenceAreFinite) {
    for (const float x : numbers_of(std::vector<float>(48'000, 0.0F))) EXPECT_TRUE(std::isfinite(x));
    for (const float x : numbers_of({})) EXPECT_EQ(x, 0);
}

}  // namespace
}  // namespace haul::speech
