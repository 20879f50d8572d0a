#include "speech/verdict/verdict.h"

#include <algorithm>

namespace haul::speech {

Verdict judge(const Findings& findings, const Accept& accept) {
    Verdict verdict;
    const auto because = [&](bool so, const char* reason) {
        if (so) verdict.reasons.emplace_back(reason);
    };
    because(findings.speech_seconds <= 0, "no_speech");
    because(findings.speech_seconds > 0 && findings.speech_seconds < accept.speech_seconds,
            "speech_too_short");
    because(findings.speaker == Speaker::unsure, "child_unsure");
    because(findings.speaker == Speaker::adult, "adult");
    because(findings.speaker == Speaker::child && findings.child_score < accept.child_score,
            "child_score_low");
    if (!accept.languages.empty() && findings.speech_seconds > 0) {
        const bool known = !findings.language.empty() && findings.language != "und";
        because(!known, "language_unknown");
        because(known && std::ranges::find(accept.languages, findings.language) == accept.languages.end(),
                "language_unwanted");
    }
    verdict.accepted = verdict.reasons.empty() && findings.speaker == Speaker::child;
    return verdict;
}

}  // namespace haul::speech
