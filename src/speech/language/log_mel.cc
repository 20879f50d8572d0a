#include "speech/language/log_mel.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include <kiss_fftr.h>

namespace haul::speech {
namespace {

constexpr std::size_t kBins = LogMel::kWindow / 2 + 1;
constexpr double kRate = 16000;

// Slaney's scale: even up to 1 kHz, in equal ratios above.
constexpr double kEven = 200.0 / 3, kTurn = 1000;
const double kRatio = std::log(6.4) / 27;

double mel_of(double hertz) {
    return hertz < kTurn ? hertz / kEven : kTurn / kEven + std::log(hertz / kTurn) / kRatio;
}

double hertz_of(double mel) {
    return mel < kTurn / kEven ? mel * kEven : kTurn * std::exp((mel - kTurn / kEven) * kRatio);
}

// The sample at `index`, mirrored at both ends without repeating the outermost.
float mirrored(std::span<const float> samples, std::ptrdiff_t index) {
    const auto last = static_cast<std::ptrdiff_t>(samples.size()) - 1;
    if (index < 0) index = -index;
    if (index > last) index = 2 * last - index;
    return samples[static_cast<std::size_t>(index)];
}

}  // namespace

struct LogMel::Transform {
    kiss_fftr_cfg plan = kiss_fftr_alloc(static_cast<int>(kWindow), 0, nullptr, nullptr);
    std::array<float, kWindow> frame{};
    std::array<kiss_fft_cpx, kBins> spectrum{};

    Transform() = default;
    ~Transform() { kiss_fftr_free(plan); }
    Transform(const Transform&) = delete;
    Transform& operator=(const Transform&) = delete;
};

LogMel::LogMel()
    : window_(kWindow), bands_(kBands), power_(kBins), transform_(std::make_unique<Transform>()) {
    for (std::size_t i = 0; i < kWindow; ++i)
        window_[i] =
            static_cast<float>(0.5 - 0.5 * std::cos(2 * std::numbers::pi * static_cast<double>(i) / kWindow));
    const double step = mel_of(kRate / 2) / (kBands + 1);
    for (std::size_t band = 0; band < kBands; ++band) {
        const double low = hertz_of(static_cast<double>(band) * step),
                     middle = hertz_of(static_cast<double>(band + 1) * step),
                     high = hertz_of(static_cast<double>(band + 2) * step);
        for (std::size_t bin = 0; bin < kBins; ++bin) {
            const double hertz = static_cast<double>(bin) * kRate / kWindow;
            const double height = std::min((hertz - low) / (middle - low), (high - hertz) / (high - middle));
            if (height <= 0) continue;
            if (bands_[band].weights.empty()) bands_[band].first = bin;
            bands_[band].weights.push_back(static_cast<float>(height * 2 / (high - low)));
        }
    }
}

LogMel::~LogMel() = default;
LogMel::LogMel(LogMel&&) noexcept = default;
LogMel& LogMel::operator=(LogMel&&) noexcept = default;

void LogMel::transform(std::span<const float> samples, std::size_t frame) {
    const auto begin = static_cast<std::ptrdiff_t>(frame * kStep) - static_cast<std::ptrdiff_t>(kWindow / 2);
    for (std::size_t i = 0; i < kWindow; ++i)
        transform_->frame[i] = window_[i] * mirrored(samples, begin + static_cast<std::ptrdiff_t>(i));
    kiss_fftr(transform_->plan, transform_->frame.data(), transform_->spectrum.data());
    std::ranges::transform(transform_->spectrum, power_.begin(),
                           [](const kiss_fft_cpx& bin) { return bin.r * bin.r + bin.i * bin.i; });
}

void LogMel::write(std::span<const float> samples, std::span<float> bands) {
    const std::size_t count = frames(samples.size());
    float loudest = -10;
    for (std::size_t frame = 0; frame < count; ++frame) {
        transform(samples, frame);
        for (std::size_t band = 0; band < kBands; ++band) {
            float sum = 0;
            for (std::size_t i = 0; i < bands_[band].weights.size(); ++i)
                sum += bands_[band].weights[i] * power_[bands_[band].first + i];
            const float level = std::log10(std::max(sum, 1e-10F));
            loudest = std::max(loudest, level);
            bands[band * count + frame] = level;
        }
    }
    for (float& level : bands.first(kBands * count)) level = (std::max(level, loudest - 8) + 4) / 4;
}

}  // namespace haul::speech
