// All views of one state, made in a folder on this machine.
#pragma once

#include <array>
#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "flow/collect/export/export.h"
#include "flow/collect/export/view_file.h"

namespace haul::collect {

inline constexpr std::array kViewNames = {"datasheet.md",     "manifest.jsonl",     "metadata.jsonl",
                                          "recordings.jsonl", "supervisions.jsonl", "urls.txt"};

struct Views {
    std::string folder{};       // where they lie, each under its name
    std::vector<View> files{};  // in byte order of names
    std::string state{};        // 26 characters: over names, lengths and hashes of all files
    std::uint64_t recordings = 0;
    double speech_seconds = 0;
};

// `folder` is fresh. Memory does not grow with the recordings. Code::internal where they do not come in
// order.
[[nodiscard]] Result<Views> make_views(const Recordings& recordings, const std::string& corpus,
                                       const std::string& folder, const std::stop_token& stop);

// Whether it could be one: 26 characters of lower-case base32.
[[nodiscard]] bool is_state(std::string_view name);

}  // namespace haul::collect
