#include "speech/child/tract.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <numbers>
#include <utility>

namespace haul::speech {
namespace {

constexpr std::size_t kFrame = kRate * 30 / 1000;
constexpr std::size_t kOrder = 16;
constexpr std::size_t kTransform = 512;
constexpr float kEmphasis = 0.97F;
constexpr double kSound = 35'000;       // cm/s in warm, moist air
constexpr double kLowestFormant = 200;  // Hz; below lies the pitch
constexpr double kNarrow = 5'000;       // Hz of bandwidth: a child's fourth formant is lost
constexpr std::size_t kEach = 2;        // of the pitch tracker's frames: one each 40 ms
constexpr std::size_t kLeast = 12;      // frames

// Of a window, for the head: so many values, or what lies between adults and children.
constexpr std::size_t kLeastPitches = 10, kLeastSpacings = 6;
constexpr float kMiddlePitch = 220, kMiddleSpacing = 1'220;

float log_median(std::vector<float> values, std::size_t least, float otherwise) {
    if (values.size() < least) return std::log(otherwise);
    std::sort(values.begin(), values.end());
    const std::size_t middle = values.size() / 2;
    if (values.size() % 2 == 1) return std::log(values[middle]);
    return std::log((values[middle - 1] + values[middle]) / 2);
}

// Levinson and Durbin's recursion. False: the frame says nothing.
bool predict(const std::array<double, kOrder + 1>& r, std::array<double, kOrder + 1>& a) {
    if (r[0] <= 0) return false;
    a.fill(0);
    a[0] = 1;
    double rest = r[0] * (1 + 1e-6);
    for (std::size_t i = 1; i <= kOrder; ++i) {
        double sum = r[i];
        for (std::size_t j = 1; j < i; ++j) sum += a[j] * r[i - j];
        const double k = -sum / rest;
        std::array<double, kOrder + 1> next = a;
        for (std::size_t j = 1; j < i; ++j) next[j] = a[j] + k * a[i - j];
        next[i] = k;
        a = next;
        rest *= 1 - k * k;
        if (rest <= 0) return false;
    }
    return true;
}

}  // namespace

TractMeter::TractMeter()
    : fft_(kTransform), hamming_(kFrame), frame_(kTransform), powers_(kTransform / 2 + 1) {
    for (std::size_t i = 0; i < kFrame; ++i) {
        const double turn = 2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(kFrame - 1);
        hamming_[i] = static_cast<float>(0.54 - 0.46 * std::cos(turn));
    }
}

const Spacings& TractMeter::measure(std::span<const float> sound, std::span<const float> pitch) {
    found_.wide.clear();
    found_.narrow.clear();
    for (std::size_t i = 0; i < pitch.size(); i += kEach) {
        const std::size_t from = i * PitchTracker::kHop;
        if (pitch[i] > 0 && from > 0 && from + kFrame <= sound.size())
            look_at(sound.subspan(from - 1, kFrame + 1));
    }
    return found_;
}

// One sample more than a frame, for the emphasis of its first.
void TractMeter::look_at(std::span<const float> frame) {
    std::array<float, kFrame> loud;
    for (std::size_t i = 0; i < kFrame; ++i) loud[i] = (frame[i + 1] - kEmphasis * frame[i]) * hamming_[i];
    std::array<double, kOrder + 1> r{};
    for (std::size_t lag = 0; lag <= kOrder; ++lag) {
        double sum = 0;
        for (std::size_t i = lag; i < kFrame; ++i) sum += static_cast<double>(loud[i] * loud[i - lag]);
        r[lag] = sum;
    }
    std::array<double, kOrder + 1> a{};
    if (!predict(r, a)) return;
    std::fill(frame_.begin(), frame_.end(), 0.0F);
    for (std::size_t i = 0; i <= kOrder; ++i) frame_[i] = static_cast<float>(a[i]);
    fft_.power(frame_, powers_);
    std::array<double, 4> formants{};
    std::size_t count = 0;
    for (std::size_t i = 1; i + 1 < powers_.size() && count < formants.size(); ++i) {
        if (powers_[i] >= powers_[i - 1] || powers_[i] > powers_[i + 1]) continue;
        const double left = std::log(powers_[i - 1] + 1e-20), middle = std::log(powers_[i] + 1e-20),
                     right = std::log(powers_[i + 1] + 1e-20);
        const double bend = left - 2 * middle + right;
        const double shift = bend > 0 ? 0.5 * (left - right) / bend : 0;
        const double hz = (static_cast<double>(i) + shift) * kRate / kTransform;
        if (hz > kLowestFormant) formants[count++] = hz;
    }
    if (count < 3) return;
    const double two = formants[1] / 1.5 + formants[2] / 2.5;
    found_.narrow.push_back(static_cast<float>(two / 2));
    if (count == 4) found_.wide.push_back(static_cast<float>((two + formants[3] / 3.5) / 3));
}

void TractLength::add(const Spacings& spacings) {
    for (const float hz : spacings.wide) wide_.add(hz);
    for (const float hz : spacings.narrow) narrow_.add(hz);
}

std::optional<double> TractLength::cm(double bandwidth_hz) const {
    const Median& used = bandwidth_hz < kNarrow ? narrow_ : wide_;
    if (used.count() < kLeast) return std::nullopt;
    return kSound / 2 / used.value();
}

std::array<float, 3> voice_numbers(std::span<const float> pitch, const Spacings& spacings) {
    std::vector<float> voiced;
    std::copy_if(pitch.begin(), pitch.end(), std::back_inserter(voiced), [](float hz) { return hz > 0; });
    return {log_median(std::move(voiced), kLeastPitches, kMiddlePitch),
            log_median(spacings.wide, kLeastSpacings, kMiddleSpacing),
            log_median(spacings.narrow, kLeastSpacings, kMiddleSpacing)};
}

}  // namespace haul::speech
