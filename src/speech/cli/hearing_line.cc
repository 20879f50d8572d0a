#include "speech/cli/hearing_line.h"

#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text.h"

namespace haul::speech {
namespace {

// "1:02:03", "2:03.5": tenths where there are no hours.
std::string clock_time(double seconds) {
    const auto tenths = static_cast<std::uint64_t>(std::llround(seconds * 10));
    const std::uint64_t whole = tenths / 10, hours = whole / 3600, minutes = whole / 60 % 60;
    if (hours > 0) return fmt::format("{}:{:02}:{:02}", hours, minutes, whole % 60);
    return fmt::format("{}:{:02}.{}", minutes, whole % 60, tenths % 10);
}

std::string child_words(const ChildFinding& child) {
    std::string words(name_of(child.decision));
    if (child.decision == Decision::none) return "no speech";
    if (child.score) words += fmt::format(" {:.2f}", *child.score);
    if (child.confidence == Confidence::low) words += " (low confidence)";
    return words;
}

}  // namespace

std::string hearing_line(const Hearing& hearing) {
    std::string line = text::printable(hearing.path);
    if (hearing.heard) {
        line += fmt::format("  {}  speech {}  {}", clock_time(hearing.duration),
                            clock_time(hearing.duration * hearing.quality.speech_share),
                            child_words(hearing.child));
        if (hearing.language) line += fmt::format("  {} {:.2f}", hearing.language->code, hearing.language->p);
        if (hearing.quality.lufs) line += fmt::format("  {:.1f} LUFS", *hearing.quality.lufs);
        if (hearing.quality.snr_db) line += fmt::format("  SNR {:.0f} dB", *hearing.quality.snr_db);
        line += hearing.verdict.accepted
                    ? "  accepted"
                    : fmt::format("  rejected: {}", fmt::join(hearing.verdict.reasons, ", "));
    }
    if (hearing.error) {
        line += fmt::format("  error: {}", text::printable(hearing.error->message()));
        if (!hearing.error->remedy.empty()) line += "; " + hearing.error->remedy;
    }
    return line;
}

}  // namespace haul::speech
