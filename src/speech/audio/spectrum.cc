#include "speech/audio/spectrum.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <kiss_fftr.h>

namespace haul::speech {
namespace {

constexpr double kHertzABin = static_cast<double>(kRate) / Frames::kWindow;

// What lies this far below the strongest band is not heard as part of the recording.
constexpr double kFloorDb = 60;
// A filter's edge: that much within kEdgeBins, down to less than kUnderEdgeDb under the strongest band, and
// nothing comes back above it. Below kLowestEdge such a fall is the voice's own.
constexpr double kEdgeDb = 22, kUnderEdgeDb = 40;
constexpr std::size_t kEdgeBins = 12;
constexpr auto kLowestEdge = static_cast<std::size_t>(2'500 / kHertzABin);

}  // namespace

Fft::Fft(std::size_t size)
    : size_(size), plan_(kiss_fftr_alloc(static_cast<int>(size), 0, nullptr, nullptr)), out_(size / 2 + 1) {}

void Fft::Free::operator()(void* plan) const { kiss_fftr_free(plan); }

void Fft::transform(const float* in) {
    // kiss_fft_cpx is two floats, as std::complex<float> is.
    kiss_fftr(static_cast<kiss_fftr_cfg>(plan_.get()), in, reinterpret_cast<kiss_fft_cpx*>(out_.data()));
}

void Fft::power(std::span<const float> in, std::span<float> power) {
    transform(in.data());
    for (std::size_t i = 0; i < bins(); ++i)
        power[i] = out_[i].real() * out_[i].real() + out_[i].imag() * out_[i].imag();
}

void Fft::real(std::span<const float> in, std::span<float> out) {
    transform(in.data());
    for (std::size_t i = 0; i < bins(); ++i) out[i] = out_[i].real();
}

Autocorrelation::Autocorrelation(std::size_t size) : fft_(size), powers_(size / 2 + 1), mirrored_(size) {}

void Autocorrelation::of(std::span<const float> in, std::span<float> lags) {
    fft_.power(in, powers_);
    const std::size_t size = mirrored_.size();
    for (std::size_t i = 0; i < powers_.size(); ++i) {
        mirrored_[i] = powers_[i];
        if (i > 0) mirrored_[size - i] = powers_[i];
    }
    fft_.real(mirrored_, lags);
}

std::vector<float> hann_periodic(std::size_t n) {
    std::vector<float> window(n);
    for (std::size_t i = 0; i < n; ++i) {
        const double turn = 2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(n);
        window[i] = static_cast<float>(0.5 - 0.5 * std::cos(turn));
    }
    return window;
}

Frames::Frames() : fft_(kWindow), hann_(hann_periodic(kWindow)), frame_(kWindow) {}

std::span<const float> Frames::powers_of(std::span<const float> sound) {
    constexpr std::size_t half = kWindow / 2;
    if (sound.size() <= half) return {};
    padded_.resize(sound.size() + kWindow);
    std::copy(sound.begin(), sound.end(), padded_.begin() + half);
    for (std::size_t i = 0; i < half; ++i) {
        padded_[i] = sound[half - i];
        padded_[half + sound.size() + i] = sound[sound.size() - 2 - i];
    }
    const std::size_t count = sound.size() / kHop;
    powers_.resize(count * kBins);
    for (std::size_t f = 0; f < count; ++f) {
        const float* from = padded_.data() + f * kHop;
        for (std::size_t i = 0; i < kWindow; ++i) frame_[i] = from[i] * hann_[i];
        fft_.power(frame_, std::span(powers_).subspan(f * kBins, kBins));
    }
    return powers_;
}

void LongTermSpectrum::add(std::span<const float> powers) {
    for (std::size_t at = 0; at + Frames::kBins <= powers.size(); at += Frames::kBins) {
        for (std::size_t i = 0; i < Frames::kBins; ++i) total_[i] += powers[at + i];
        frames_ += 1;
    }
}

double LongTermSpectrum::bandwidth_hz() const {
    if (frames_ == 0) return 0;
    std::vector<double> db(Frames::kBins);
    for (std::size_t i = 0; i < db.size(); ++i) db[i] = 10 * std::log10(total_[i] / frames_ + 1e-14);
    const double top = *std::max_element(db.begin() + 2, db.end());
    std::size_t last = db.size() - 1;
    while (last > 2 && db[last] < top - kFloorDb) --last;
    // From the top down: the first edge whose upper side is not reached again above it.
    double above = -1e9;
    for (std::size_t i = last; i > kLowestEdge + kEdgeBins; --i) {
        above = std::max(above, db[i]);
        if (above > top - kUnderEdgeDb) break;
        const double below = *std::max_element(db.begin() + static_cast<std::ptrdiff_t>(i - kEdgeBins - 2),
                                               db.begin() + static_cast<std::ptrdiff_t>(i - kEdgeBins));
        if (below - above >= kEdgeDb) {
            last = i - kEdgeBins;
            break;
        }
    }
    return static_cast<double>(last) * kHertzABin;
}

}  // namespace haul::speech
