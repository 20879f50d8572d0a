// What haul-speech said of a recording (docs/schemas/heard.json), as numbers to count and judge with. Values
// only; pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace haul::collect {

struct HeardSegment {
    double start = 0, end = 0;      // seconds
    std::optional<double> child{};  // in [0,1]; none: too short to say
};

struct HeardModel {
    std::string role{};  // "vad", "child", "language"
    std::string name{};
    std::string sha256{};  // empty: built in
    auto operator<=>(const HeardModel&) const = default;
};

struct Heard {
    double duration = 0;                 // seconds that were decoded
    std::uint32_t sample_rate = 0;       // Hz of the source; 0: not said
    std::uint32_t channels = 0;          // of the source; 0: not said
    std::vector<HeardSegment> segments;  // of speech, in order
    double speech_seconds = 0;           // of all segments
    std::string decision{};              // "child", "adult", "unsure", "none"
    std::optional<double> child_score{};
    std::string language{};  // ISO 639-1; "und": not known
    std::vector<HeardModel> models{};
    bool broke_off = false;  // an error ended the decoding in the middle
};

// Code::corrupt names the field. Where nothing could be decoded there is nothing to read: corrupt, too.
[[nodiscard]] Result<Heard> heard_from(const json::Ordered& heard, std::string_view subject);

}  // namespace haul::collect
