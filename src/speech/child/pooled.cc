#include "speech/child/pooled.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "speech/audio/log_mel.h"

namespace haul::speech {

std::vector<float> pooled(std::span<const float> bands) {
    constexpr std::size_t n = LogMel::kBands;
    std::vector<float> found(2 * n, 0.0F);
    const std::size_t frames = bands.size() / n;
    if (frames == 0) return found;
    std::array<double, n> sum{};
    std::array<double, n> squares{};
    for (std::size_t f = 0; f < frames; ++f)
        for (std::size_t b = 0; b < n; ++b) {
            const double value = bands[f * n + b];
            sum[b] += value;
            squares[b] += value * value;
        }
    for (std::size_t b = 0; b < n; ++b) {
        const double mean = sum[b] / static_cast<double>(frames);
        found[b] = static_cast<float>(mean);
        const double variance = squares[b] / static_cast<double>(frames) - mean * mean;
        found[n + b] = static_cast<float>(std::sqrt(std::max(0.0, variance)));
    }
    return found;
}

void put_by_rows(std::span<const float> bands, std::span<float> rows) {
    constexpr std::size_t n = LogMel::kBands;
    const std::size_t given = bands.size() / n, wanted = rows.size() / n;
    for (std::size_t f = 0; f < wanted; ++f)
        for (std::size_t b = 0; b < n; ++b) rows[b * wanted + f] = bands[f % given * n + b];
}

double root_mean_square(std::span<const float> sound) {
    double sum = 0;
    for (const float sample : sound) sum += static_cast<double>(sample) * sample;
    return sound.empty() ? 0 : std::sqrt(sum / static_cast<double>(sound.size()));
}

double gain_of(double loud) {
    constexpr double kLoudness = 0.06;
    return loud > 0 ? kLoudness / loud : 1;
}

}  // namespace haul::speech
