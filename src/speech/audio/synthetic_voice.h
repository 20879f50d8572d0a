// Voices whose pitch and vocal tract are known, for tests: pulses through resonances of a uniform tube.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <vector>

namespace haul::speech {

// The same numbers everywhere: in [-1, 1).
class TestNoise {
  public:
    float next() {
        state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
        return static_cast<float>(static_cast<std::int32_t>(state_ >> 32)) / 2147483648.0F;
    }

  private:
    std::uint64_t state_ = 1;
};

// 16 kHz. Glottal pulses of `pitch` Hz, softened, through resonances at (i - 1/2) * 35,000 / (2 * tract_cm)
// Hz, each 1.5 to 2.5 % wide with 40 Hz; syllables of 0.25 s.
inline std::vector<float> synthetic_voice(double pitch, double tract_cm, double seconds) {
    constexpr double rate = 16'000;
    std::vector<double> sound(static_cast<std::size_t>(seconds * rate), 0.0);
    TestNoise noise;
    double phase = 0, low = 0;
    for (std::size_t i = 0; i < sound.size(); ++i) {
        const double t = static_cast<double>(i) / rate;
        phase += pitch * (1 + 0.01 * std::sin(2 * std::numbers::pi * 3 * t)) / rate;
        double pulse = 0.002 * noise.next();
        if (phase >= 1) {
            phase -= 1;
            pulse += 1;
        }
        low = 0.9 * low + pulse;
        sound[i] = low;
    }
    const double spacing = 35'000 / (2 * tract_cm);
    for (double formant = spacing / 2; formant < 7'600; formant += spacing) {
        const double width = 40 + 0.02 * formant;
        const double r = std::exp(-std::numbers::pi * width / rate);
        const double c = 2 * r * std::cos(2 * std::numbers::pi * formant / rate);
        double before = 0, earlier = 0;
        for (double& x : sound) {
            const double y = x * (1 - c + r * r) + c * before - r * r * earlier;
            earlier = before;
            before = y;
            x = y;
        }
    }
    std::vector<float> out(sound.size());
    double square = 0;
    for (const double x : sound) square += x * x;
    const double gain = 0.1 / std::sqrt(square / static_cast<double>(sound.size()));
    for (std::size_t i = 0; i < out.size(); ++i) {
        const double t = static_cast<double>(i) / rate;
        const double wave = 0.5 + 0.5 * std::cos(2 * std::numbers::pi * 4 * t);
        const double syllable = 0.003 + wave * wave;
        out[i] = static_cast<float>(sound[i] * gain * syllable);
    }
    return out;
}

}  // namespace haul::speech
