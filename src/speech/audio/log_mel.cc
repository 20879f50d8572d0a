#include "speech/audio/log_mel.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace haul::speech {
namespace {

double mel_of(double hz) { return hz < 1000 ? hz * 3 / 200 : 15 + 27 * std::log(hz / 1000) / std::log(6.4); }
double hz_of(double mel) {
    return mel < 15 ? mel * 200 / 3 : 1000 * std::exp(std::log(6.4) * (mel - 15) / 27);
}

}  // namespace

LogMel::LogMel() {
    std::array<double, kBands + 2> edges{};
    const double top = mel_of(kRate / 2.0);
    for (std::size_t i = 0; i < edges.size(); ++i)
        edges[i] = hz_of(top * static_cast<double>(i) / static_cast<double>(kBands + 1));
    for (std::size_t b = 0; b < kBands; ++b) {
        Triangle triangle;
        for (std::size_t i = 0; i < Frames::kBins; ++i) {
            const double hz = static_cast<double>(i * kRate) / Frames::kWindow;
            const double weight = std::min((hz - edges[b]) / (edges[b + 1] - edges[b]),
                                           (edges[b + 2] - hz) / (edges[b + 2] - edges[b + 1]));
            if (weight <= 0) continue;
            if (triangle.weights.empty()) triangle.first = i;
            triangle.weights.push_back(static_cast<float>(weight * 2 / (edges[b + 2] - edges[b])));
        }
        triangles_.push_back(std::move(triangle));
    }
}

std::span<const float> LogMel::bands(std::span<const float> powers, double gain) {
    const auto square = static_cast<float>(gain * gain);
    const std::size_t frames = powers.size() / Frames::kBins;
    bands_.resize(frames * kBands);
    float top = -10;
    for (std::size_t f = 0; f < frames; ++f) {
        const float* power = powers.data() + f * Frames::kBins;
        for (std::size_t b = 0; b < kBands; ++b) {
            const Triangle& triangle = triangles_[b];
            float sum = 0;
            for (std::size_t i = 0; i < triangle.weights.size(); ++i)
                sum += triangle.weights[i] * power[triangle.first + i];
            const float value = std::log10(std::max(sum * square, 1e-10F));
            bands_[f * kBands + b] = value;
            top = std::max(top, value);
        }
    }
    for (float& value : bands_) value = (std::max(value, top - 8) + 4) / 4;
    return bands_;
}

}  // namespace haul::speech
