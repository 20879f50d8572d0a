// Speech without a model: louder than what the recording's background is, and periodic as voices are.
#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "speech/activity/detector.h"

namespace haul::speech {
namespace {

constexpr std::size_t kLag = 266;      // the longest period looked for: 60 Hz
constexpr std::size_t kShortest = 32;  // the shortest: 500 Hz
constexpr double kSilence = 1e-9;      // mean square below which nothing is heard: -90 dB
// dB a window by which the floor follows what is louder: what has no pitch is soon background, a voice is
// not.
constexpr double kRise = 0.4, kVoicedRise = 0.02, kVoiced = 0.6;
constexpr double kFloorStart = -50;  // dB of full scale

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

// The highest normalised autocorrelation over the lags of voices, of the window and what came before it.
double periodicity(std::span<const float> audio) {
    double best = 0;
    const std::size_t length = audio.size() - kLag;
    // Every other sample and lag: 8 kHz are enough for a pitch, at a quarter of the cost.
    for (std::size_t lag = kShortest; lag <= kLag; lag += 2) {
        double cross = 0, now = kSilence, then = kSilence;
        for (std::size_t i = kLag; i < kLag + length; i += 2) {
            const double a = audio[i], b = audio[i - lag];
            cross += a * b;
            now += a * a;
            then += b * b;
        }
        best = std::max(best, cross / std::sqrt(now * then));
    }
    return best;
}

class BuiltIn final : public Detector {
  public:
    Result<double> judge(std::span<const float, kWindow> window) override {
        std::copy(heard_.end() - kLag, heard_.end(), heard_.begin());
        std::copy(window.begin(), window.end(), heard_.begin() + kLag);
        double mean = 0, square = 0;
        for (const float sample : window) mean += sample;
        mean /= kWindow;
        for (const float sample : window) square += (sample - mean) * (sample - mean);
        const double level = 10 * std::log10(square / kWindow + kSilence);
        const double voiced = level > floor_ + 3 ? periodicity(heard_) : 0;
        // A recording may begin in the middle of noise.
        if (std::exchange(first_, false) && voiced < kVoiced) floor_ = level;
        floor_ = std::min(level, floor_ + (voiced < kVoiced ? kRise : kVoicedRise));
        const double over = level - floor_;
        // Half a point at 9 dB over the floor with a clear pitch, at 15 dB without one: consonants are loud
        // noise.
        const double likelihood = sigmoid((over - 15 + 10 * std::max(0.0, voiced - 0.4)) / 2);
        recent_ = 0.5 * recent_ + 0.5 * likelihood;
        return std::max(recent_, 0.8 * likelihood);
    }

    void reset() override {
        heard_.fill(0);
        floor_ = kFloorStart;
        recent_ = 0;
        first_ = true;
    }

    const ModelId& id() const override { return id_; }

  private:
    std::array<float, kLag + kWindow> heard_{};
    double floor_ = kFloorStart, recent_ = 0;
    bool first_ = true;
    ModelId id_{"built-in", ""};
};

}  // namespace

std::unique_ptr<Detector> built_in_detector() { return std::make_unique<BuiltIn>(); }

}  // namespace haul::speech
