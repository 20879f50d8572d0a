// A downloaded item of the corpus and what was heard in it. Values only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "flow/collect/item/item.h"

namespace haul::collect {

struct Recording {
    std::string id{};  // of its candidate
    Candidate candidate{};
    std::string extension{};      // "mp3"
    std::uint64_t bytes = 0;      // of the file as fetched
    std::string sha256{};         // of them, 64 hex digits
    std::string type{};           // media type as the server said; may be empty
    std::int64_t fetched_ns = 0;  // wall clock, since 1970 UTC
    // What haul-speech said (docs/schemas/heard.json), without "path" and "verdict"; null: not heard yet.
    json::Ordered heard{};
    bool accepted = false;
    std::vector<std::string> reasons{};  // why not; empty where accepted
};

// Where its file lies in the corpus: "audio/ab/abc….mp3" (AB: the first two characters of the id).
[[nodiscard]] std::string file_of(const Recording& recording);

[[nodiscard]] json::Ordered json_of(const Recording& recording);
// Code::corrupt names the field.
[[nodiscard]] Result<Recording> recording_from(const json::Value& value, std::string_view subject);

}  // namespace haul::collect
