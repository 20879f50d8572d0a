// What was heard in one file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "speech/child/child.h"
#include "speech/language/language.h"
#include "speech/models/models.h"
#include "speech/quality/quality.h"
#include "speech/verdict/verdict.h"

namespace haul::speech {

struct Segment {
    double start = 0, end = 0;    // seconds
    std::optional<double> child;  // in [0,1]; none: too short to say
};

struct Hearing {
    std::string path;
    std::optional<Error> error;                   // what went wrong; with `heard` it broke off in the middle
    bool heard = false;                           // all below says something
    double duration = 0;                          // seconds that were decoded
    std::string decoder;                          // "vorbis in ogg"
    std::uint32_t sample_rate = 0, channels = 0;  // of the source: Hz, how many
    double clipped = 0;                           // share of the source's samples at full scale
    ModelId vad;
    std::vector<Segment> segments;
    ChildFinding child;
    std::optional<LanguageFinding> language;  // none: no model, not wanted, or no speech
    QualityFinding quality;
    Verdict verdict;
};

}  // namespace haul::speech
