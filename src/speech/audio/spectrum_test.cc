#include "speech/audio/spectrum.h"

#include <cmath>
#include <numbers>
#include <vector>

#include <gtest/gtest.h>

#include "speech/audio/synthetic_voice.h"

namespace haul::speech {
namespace {

std::vector<float> sine(double hz, std::size_t samples) {
    std::vector<float> out(samples);
    for (std::size_t i = 0; i < samples; ++i)
        out[i] =
            static_cast<float>(0.1 * std::sin(2 * std::numbers::pi * hz * static_cast<double>(i) / kRate));
    return out;
}

// Noise without anything above `hz`: each sample is what a long windowed sinc leaves of it.
std::vector<float> narrow_noise(double hz, std::size_t samples) {
    constexpr int reach = 200;
    std::vector<double> taps;
    for (int k = -reach; k <= reach; ++k) {
        const double x = 2 * hz / kRate * k;
        const double sinc = k == 0 ? 1 : std::sin(std::numbers::pi * x) / (std::numbers::pi * x);
        const double turn = 2 * std::numbers::pi * (k + reach) / (2.0 * reach);
        taps.push_back(sinc * 2 * hz / kRate * (0.42 - 0.5 * std::cos(turn) + 0.08 * std::cos(2 * turn)));
    }
    TestNoise noise;
    std::vector<float> white(samples + taps.size()), out(samples);
    for (float& x : white) x = noise.next();
    for (std::size_t i = 0; i < samples; ++i) {
        double sum = 0;
        for (std::size_t k = 0; k < taps.size(); ++k) sum += taps[k] * white[i + k];
        out[i] = static_cast<float>(sum + 1e-5 * noise.next());
    }
    return out;
}

double bandwidth_of(const std::vector<float>& sound) {
    Frames frames;
    LongTermSpectrum spectrum;
    spectrum.add(frames.powers_of(sound));
    return spectrum.bandwidth_hz();
}

TEST(Spectra, ASineStandsInItsBin) {
    Frames frames;
    const auto powers = frames.powers_of(sine(1'000, 16'000));
    ASSERT_EQ(powers.size(), 100 * Frames::kBins);
    const auto middle = powers.subspan(50 * Frames::kBins, Frames::kBins);
    // 0.1 / 2 of 400 samples under a window whose mean is 1/2.
    EXPECT_NEAR(middle[25], 100, 0.1);
    EXPECT_LT(middle[30], 1e-4);
}

TEST(Spectra, FewSamplesHaveNone) {
    Frames frames;
    EXPECT_TRUE(frames.powers_of(sine(1'000, 200)).empty());
    EXPECT_EQ(frames.powers_of(sine(1'000, 201)).size(), Frames::kBins);
}

TEST(Spectra, AutocorrelationOfASineIsACosine) {
    Autocorrelation correlate(512);
    std::vector<float> lags(257);
    correlate.of(sine(1'000, 512), lags);  // 32 whole periods
    EXPECT_NEAR(lags[16] / lags[0], 1, 1e-4);
    EXPECT_NEAR(lags[8] / lags[0], -1, 1e-4);
    EXPECT_NEAR(lags[4] / lags[0], 0, 1e-4);
}

TEST(Bandwidth, IsWhereAFilterCuts) {
    for (const double hz : {3'400.0, 4'000.0, 5'500.0, 7'000.0})
        EXPECT_NEAR(bandwidth_of(narrow_noise(hz, 32'000)), hz, 300);
}

TEST(Bandwidth, OfWhiteNoiseIsAllThereIs) {
    TestNoise noise;
    std::vector<float> sound(32'000);
    for (float& x : sound) x = 0.1F * noise.next();
    EXPECT_GT(bandwidth_of(sound), 7'900);
}

TEST(Bandwidth, OfNothingIsNothing) { EXPECT_EQ(LongTermSpectrum().bandwidth_hz(), 0); }

}  // namespace
}  // namespace haul::speech
