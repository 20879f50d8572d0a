#include "speech/child/pitch.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace haul::speech {
namespace {

// Works at 8 kHz: no pitch needs more.
constexpr std::size_t kRateHere = kRate / 2;
constexpr std::size_t kFrame = kRateHere / 25;  // 40 ms
constexpr std::size_t kShortest = kRateHere / 600, kLongest = kRateHere / 71;
constexpr std::size_t kTransform = 512;  // kFrame + kLongest fit: nothing wraps round
// What an octave lower costs, so that of two peaks alike the shorter period wins.
constexpr float kOctaveCost = 0.06F;
constexpr float kVoiced = 0.5F;     // least strength
constexpr float kQuietest = 1e-3F;  // of the loudest frame's energy
constexpr float kAlike = 1.2F;      // a voiced frame has a neighbour within that factor
constexpr double kStep = 0.005;     // of Median

// A low-pass at a quarter of the rate: sinc under Hamming's window, 15 taps. Those at even distances from the
// middle are 0; these are at 1, 3, 5 and 7.
constexpr std::array<float, 4> kHalfBand{0.3039F, -0.0682F, 0.0161F, -0.0036F};
constexpr float kCentre = 0.5F;

}  // namespace

PitchTracker::PitchTracker() : correlate_(kTransform), window_(hann_periodic(kFrame)), frame_(kTransform) {
    std::vector<float> padded(kTransform, 0.0F);
    std::copy(window_.begin(), window_.end(), padded.begin());
    of_window_.resize(kTransform / 2 + 1);
    correlate_.of(padded, of_window_);
    again_.resize(kTransform / 2 + 1);
}

void PitchTracker::halve(std::span<const float> sound) {
    half_.assign(sound.size() / 2, 0.0F);
    const auto at = [&](std::size_t i, std::size_t k, bool right) {
        if (right) return i + k < sound.size() ? sound[i + k] : 0.0F;
        return i >= k ? sound[i - k] : 0.0F;
    };
    for (std::size_t i = 0; i < half_.size(); ++i) {
        float sum = kCentre * sound[2 * i];
        for (std::size_t k = 0; k < kHalfBand.size(); ++k)
            sum += kHalfBand[k] * (at(2 * i, 2 * k + 1, false) + at(2 * i, 2 * k + 1, true));
        half_[i] = sum;
    }
}

PitchTracker::Candidate PitchTracker::candidate_at(std::size_t from) {
    float mean = 0;
    for (std::size_t i = 0; i < kFrame; ++i) mean += half_[from + i];
    mean /= static_cast<float>(kFrame);
    for (std::size_t i = 0; i < kFrame; ++i) frame_[i] = (half_[from + i] - mean) * window_[i];
    correlate_.of(frame_, again_);
    Candidate found{.energy = again_[0]};
    if (again_[0] <= 0) return found;
    const auto strength = [&](std::size_t lag) {
        return again_[lag] / again_[0] * (of_window_[0] / of_window_[lag]);
    };
    float best = -2;
    std::size_t where = kShortest;
    for (std::size_t lag = kShortest; lag <= kLongest; ++lag) {
        const float value = strength(lag);
        if (value < kVoiced || value < strength(lag - 1) || value < strength(lag + 1)) continue;
        const float worth =
            value - kOctaveCost * std::log2(static_cast<float>(lag) / static_cast<float>(kShortest));
        if (worth <= best) continue;
        best = worth;
        where = lag;
    }
    if (best <= -2) return found;
    const float left = strength(where - 1), middle = strength(where), right = strength(where + 1);
    const float bend = left - 2 * middle + right;
    const float shift = bend < 0 ? std::clamp(0.5F * (left - right) / bend, -0.5F, 0.5F) : 0.0F;
    found.strength = middle;
    found.hz = static_cast<float>(kRateHere) / (static_cast<float>(where) + shift);
    return found;
}

std::span<const float> PitchTracker::track(std::span<const float> sound) {
    halve(sound);
    candidates_.clear();
    float loudest = 0;
    for (std::size_t from = 0; from + kFrame <= half_.size(); from += kHop / 2) {
        candidates_.push_back(candidate_at(from));
        loudest = std::max(loudest, candidates_.back().energy);
    }
    const auto usable = [&](const Candidate& c) { return c.hz > 0 && c.energy > kQuietest * loudest; };
    const auto alike = [&](const Candidate& a, const Candidate& b) {
        return usable(b) && a.hz < b.hz * kAlike && b.hz < a.hz * kAlike;
    };
    track_.assign(candidates_.size(), 0.0F);
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
        const Candidate& own = candidates_[i];
        if (!usable(own)) continue;
        const bool before = i > 0 && alike(own, candidates_[i - 1]);
        const bool after = i + 1 < candidates_.size() && alike(own, candidates_[i + 1]);
        if (before || after) track_[i] = own.hz;
    }
    return track_;
}

Median::Median(double lowest, double highest)
    : lowest_(lowest),
      counts_(static_cast<std::size_t>(std::log(highest / lowest) / std::log1p(kStep)) + 1, 0) {}

void Median::add(double value) {
    const double at = std::log(value / lowest_) / std::log1p(kStep);
    const auto last = static_cast<double>(counts_.size() - 1);
    ++counts_[static_cast<std::size_t>(std::clamp(at, 0.0, last))];
    ++count_;
}

double Median::value() const {
    if (count_ == 0) return 0;
    const double wanted = static_cast<double>(count_) / 2;
    double below = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
        const auto here = static_cast<double>(counts_[i]);
        if (below + here >= wanted && here > 0)
            return lowest_ * std::pow(1 + kStep, static_cast<double>(i) + (wanted - below) / here);
        below += here;
    }
    return 0;
}

}  // namespace haul::speech
