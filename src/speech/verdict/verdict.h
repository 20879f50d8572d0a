// Whether a recording is what a plan wants, with every reason why not. Pure, but for reading the plan.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace haul::speech {

// The table `[accept]` of a plan (docs/listen.md).
struct Accept {
    std::vector<std::string>
        licences{};  // SPDX ids, as they stand; nobody knows the licence of a file on disk
    std::vector<std::string> languages{};  // ISO 639-1 codes; empty: any
    double child_score = 0.8;              // at least this, in [0,1]
    double speech_seconds = 3.0;           // at least this much speech
};

// Code::not_found / io: as the file system says. Code::usage: names line and key of what is wrong. A plan
// without the table has the defaults; its other tables are not looked at.
[[nodiscard]] Result<Accept> read_accept(const std::string& path);
[[nodiscard]] Result<Accept> parse_accept(std::string_view toml, const std::string& subject);

enum class Speaker : char { child, adult, unsure, none };

struct Findings {
    Speaker speaker = Speaker::none;
    double child_score = 0;
    std::string language{};  // "und": not known
    double speech_seconds = 0;
};

struct Verdict {
    bool accepted = false;
    // Stable words: no_speech, speech_too_short, child_unsure, adult, child_score_low, language_unknown,
    // language_unwanted.
    std::vector<std::string> reasons;
};
[[nodiscard]] Verdict judge(const Findings& findings, const Accept& accept);

}  // namespace haul::speech
