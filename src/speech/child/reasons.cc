#include "speech/child/reasons.h"

#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "speech/audio/log_mel.h"

namespace haul::speech {
namespace {

// Below these the head was seen to err more often (docs/models/child-log-mel.md).
constexpr double kNoisy = 15;  // dB of speech over noise
constexpr double kFewSeconds = 3;
// Where pitch and tract speak against the head.
constexpr double kLowPitch = 190, kHighPitch = 270;      // Hz
constexpr double kLongTract = 15.5, kShortTract = 12.8;  // cm

void measure(const Measured& found, std::vector<std::string>& reasons) {
    if (found.odds) reasons.push_back(fmt::format("model's score {:.3f}", 1 / (1 + std::exp(-*found.odds))));
    if (found.pitch_hz) reasons.push_back(fmt::format("median pitch {:.0f} Hz", *found.pitch_hz));
    if (found.vtl_cm) reasons.push_back(fmt::format("vocal tract about {:.1f} cm", *found.vtl_cm));
}

// Who was asked.
void name_judges(const Measured& found, std::vector<std::string>& reasons) {
    if (!found.by_block || found.windows == 0) return;
    if (*found.by_block == found.windows) {
        reasons.emplace_back("judged by log-mel bands and Whisper's first block");
    } else if (*found.by_block > 0) {
        reasons.push_back(
            fmt::format("judged by log-mel bands, and by Whisper's first block in {} of {} windows: the "
                        "others are short or narrow",
                        *found.by_block, found.windows));
    } else {
        reasons.emplace_back(
            "judged by log-mel bands alone: Whisper's first block wants 3 s with bands above 5 kHz");
    }
}

// True: less certain.
bool doubt(const Measured& found, Decision decision, std::vector<std::string>& reasons) {
    const std::size_t before = reasons.size();
    if (found.seconds < found.least_seconds) {
        reasons.push_back(fmt::format("only {:.1f} s of speech: too little to decide", found.seconds));
    } else if (found.seconds < kFewSeconds) {
        reasons.push_back(fmt::format("only {:.1f} s of speech: less certain", found.seconds));
    }
    if (found.bandwidth_hz && *found.bandwidth_hz < kNarrow)
        reasons.push_back(
            fmt::format("recording's bandwidth {:.1f} kHz: less certain", *found.bandwidth_hz / 1000));
    if (found.snr_db && *found.snr_db < kNoisy)
        reasons.push_back(fmt::format("speech only {:.0f} dB over noise: less certain", *found.snr_db));
    if (found.movement && *found.movement < kLittleMovement)
        reasons.emplace_back("sounds run into each other (reverb or noise): less certain");
    const bool low = found.pitch_hz && *found.pitch_hz < kLowPitch;
    const bool high = found.pitch_hz && *found.pitch_hz > kHighPitch;
    if (decision == Decision::child && low && found.vtl_cm && *found.vtl_cm > kLongTract)
        reasons.emplace_back("pitch and vocal tract are an adult's: less certain");
    if (decision == Decision::adult && high && found.vtl_cm && *found.vtl_cm < kShortTract)
        reasons.emplace_back("pitch and vocal tract are a child's: less certain");
    return reasons.size() > before;
}

}  // namespace

double movement_of(std::span<const float> numbers) {
    const auto deviations = numbers.subspan(LogMel::kBands);
    return std::accumulate(deviations.begin(), deviations.end(), 0.0) / static_cast<double>(LogMel::kBands);
}

void explain(const Measured& measured, ChildFinding& finding) {
    finding.reasons.clear();
    if (finding.decision == Decision::none) {
        finding.reasons.emplace_back("no speech");
        return;
    }
    measure(measured, finding.reasons);
    name_judges(measured, finding.reasons);
    if (finding.decision == Decision::unsure && measured.odds && std::abs(*measured.odds) <= measured.sure)
        finding.reasons.emplace_back("the score lies in the unsure band");
    const bool less = doubt(measured, finding.decision, finding.reasons);
    finding.confidence = less ? Confidence::low : Confidence::normal;
}

}  // namespace haul::speech
