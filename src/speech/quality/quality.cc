#include "speech/quality/quality.h"

#include <ebur128.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "speech/audio/rate.h"

namespace haul::speech {
namespace {

constexpr std::uint64_t kWindow = 512;
constexpr double kSilence = 1e-9;  // mean square of what counts as digital silence: -90 dB
constexpr double kMostSnr = 60;

double decibels(double power) { return 10 * std::log10(power); }

Error refused(int code) {
    return make_error(code == EBUR128_ERROR_NOMEM ? Code::no_space : Code::internal, "measure the loudness",
                      "", "libebur128 refused with " + std::to_string(code));
}

}  // namespace

struct QualityMeter::Loudness {
    // The histogram keeps its memory constant however long the recording is.
    ebur128_state* state = ebur128_init(1, kRate, EBUR128_MODE_I | EBUR128_MODE_HISTOGRAM);
    Loudness() = default;
    ~Loudness() {
        if (state != nullptr) ebur128_destroy(&state);
    }
    Loudness(const Loudness&) = delete;
    Loudness& operator=(const Loudness&) = delete;
};

QualityMeter::QualityMeter() = default;
QualityMeter::QualityMeter(QualityMeter&&) noexcept = default;
QualityMeter& QualityMeter::operator=(QualityMeter&&) noexcept = default;
QualityMeter::~QualityMeter() = default;

Result<QualityMeter> QualityMeter::create() {
    QualityMeter meter;
    meter.loudness_ = std::make_unique<Loudness>();
    if (meter.loudness_->state == nullptr) return failure(refused(EBUR128_ERROR_NOMEM));
    return meter;
}

void QualityMeter::count_level(double power) {
    if (power < kSilence) return;
    const double bin = std::floor((decibels(power) - kLowest) / kStep);
    ++levels_[static_cast<std::size_t>(std::clamp(bin, 0.0, static_cast<double>(kLevels - 1)))];
}

Status QualityMeter::hear(std::span<const float> samples) {
    heard_ += samples.size();
    const int code = ebur128_add_frames_float(loudness_->state, samples.data(), samples.size());
    if (code != EBUR128_SUCCESS) return failure(refused(code));
    for (const float sample : samples) {
        window_power_ += static_cast<double>(sample) * static_cast<double>(sample);
        if (++in_window_ < kWindow) continue;
        count_level(window_power_ / kWindow);
        window_power_ = 0;
        in_window_ = 0;
    }
    return {};
}

void QualityMeter::speech(std::span<const float> samples) {
    spoken_ += samples.size();
    for (const float sample : samples)
        speech_power_ += static_cast<double>(sample) * static_cast<double>(sample);
}

std::optional<double> QualityMeter::background() const {
    std::uint64_t all = 0;
    for (const std::uint64_t count : levels_) all += count;
    if (all == 0) return std::nullopt;
    std::uint64_t below = 0;
    std::size_t level = 0;
    while (level + 1 < kLevels && (below += levels_[level]) * 10 < all) ++level;
    return kLowest + (static_cast<double>(level) + 0.5) * kStep;
}

Status QualityMeter::reset() {
    *this = TRY(create());
    return {};
}

Result<QualityFinding> QualityMeter::finish() const {
    QualityFinding finding;
    double lufs = 0;
    const int code = ebur128_loudness_global(loudness_->state, &lufs);
    if (code != EBUR128_SUCCESS) return failure(refused(code));
    if (std::isfinite(lufs)) finding.lufs = lufs;
    if (heard_ > 0) finding.speech_share = static_cast<double>(spoken_) / static_cast<double>(heard_);
    const auto noise = background();
    if (spoken_ > 0 && noise) {
        const double noise_power = std::pow(10, *noise / 10);
        const double signal =
            std::max(speech_power_ / static_cast<double>(spoken_) - noise_power, 1e-3 * noise_power);
        finding.snr_db = std::min(kMostSnr, decibels(signal / noise_power));
    }
    return finding;
}

}  // namespace haul::speech
