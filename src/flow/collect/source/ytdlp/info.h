// What yt-dlp -J writes, as candidates. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "base/json.h"
#include "base/result.h"
#include "flow/collect/source/source.h"

namespace haul::collect {

// What was found at one address of the plan (`which`), from its `start`th item on (from 1): a list, also of
// lists, or a single item. `asked`: how many items were asked for at most.
[[nodiscard]] Result<FoundPage> found_in(const json::Value& info, const std::string& which, std::size_t start,
                                         std::size_t asked);

// What describing adds to a candidate.
[[nodiscard]] Candidate described(const json::Value& info, const Candidate& candidate);

// The address of the media itself, which does not hold for long. Code::unsupported where there is none that
// can be fetched as one file.
struct DirectMedia {
    std::string url{}, extension{};
    std::optional<std::uint64_t> size{};
};
[[nodiscard]] Result<DirectMedia> direct_media(const json::Value& info, const std::string& subject);

// By address, and by what yt-dlp took it for.
[[nodiscard]] bool is_youtube(const std::string& url);
[[nodiscard]] bool is_youtube(const json::Value& info);

}  // namespace haul::collect
