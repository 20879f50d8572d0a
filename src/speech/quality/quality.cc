#include "speech/quality/quality.h"

#include <ebur128.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include "speech/audio/rate.h"

namespace haul::speech {
namespace {

constexpr std::uint64_t kWindow = 512;
constexpr double kSilence = 1e-9;  // mean square of what counts as digital silence: -90 dB
constexpr double kMostSnr = 60;
constexpr std::size_t kEnough = 10;  // windows outside speech that tell the background

// A window's level is kept as steps of half a decibel from -100 dB of full scale upwards, or as:
constexpr std::uint8_t kSpeech = 255, kDigitalSilence = 254, kHighest = 253;
constexpr double kLowest = -100, kStep = 0.5;

double decibels(double power) { return 10 * std::log10(power); }

std::uint8_t level_of(double power) {
    if (power < kSilence) return kDigitalSilence;
    return static_cast<std::uint8_t>(
        std::clamp(std::floor((decibels(power) - kLowest) / kStep), 0.0, static_cast<double>(kHighest)));
}

double power_of(std::uint8_t level) { return std::pow(10, (kLowest + (level + 0.5) * kStep) / 10); }

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

Status QualityMeter::hear(std::span<const float> samples) {
    heard_ += samples.size();
    const int code = ebur128_add_frames_float(loudness_->state, samples.data(), samples.size());
    if (code != EBUR128_SUCCESS) return failure(refused(code));
    for (const float sample : samples) {
        window_power_ += static_cast<double>(sample) * static_cast<double>(sample);
        if (++in_window_ < kWindow) continue;
        levels_.push_back(level_of(window_power_ / kWindow));
        window_power_ = 0;
        in_window_ = 0;
    }
    return {};
}

void QualityMeter::speech(std::uint64_t at, std::span<const float> samples) {
    if (samples.empty()) return;
    spoken_ += samples.size();
    for (const float sample : samples)
        speech_power_ += static_cast<double>(sample) * static_cast<double>(sample);
    // Also where it fills a window in part. The last window of all may not be whole, and so not be there.
    const std::uint64_t end =
        std::min<std::uint64_t>((at + samples.size() - 1) / kWindow + 1, levels_.size());
    for (std::uint64_t window = at / kWindow; window < end; ++window) levels_[window] = kSpeech;
}

std::optional<double> QualityMeter::background() const {
    std::vector<std::uint8_t> outside;
    std::ranges::copy_if(levels_, std::back_inserter(outside),
                         [](std::uint8_t level) { return level <= kHighest; });
    if (outside.size() < kEnough) return std::nullopt;
    // Not their median: beside speech lie its tails, and what of it was not found.
    const auto quiet = outside.begin() + static_cast<std::ptrdiff_t>(outside.size() / 10);
    std::ranges::nth_element(outside, quiet);
    return power_of(*quiet);
}

Status QualityMeter::reset() {
    // libebur128 cannot forget: a new state costs 25 us, of a file that costs 5 ms at least.
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
        const double signal = std::max(speech_power_ / static_cast<double>(spoken_) - *noise, 1e-3 * *noise);
        finding.snr_db = std::min(kMostSnr, decibels(signal / *noise));
    }
    return finding;
}

}  // namespace haul::speech
