// PeerTube's videos as its public REST API describes them (docs.joinpeertube.org/api-rest-reference.html, its
// schemas Video and VideoDetails), as candidates. Pure.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "flow/collect/item/item.h"

namespace haul::collect::peertube {

// Of a video in a list or with all its details. `source_url`: the instance as the plan has it, `base` the
// same without a slash at its end. The error: why it is no candidate, in words.
[[nodiscard]] std::expected<Candidate, std::string> candidate_of(const json::Value& video,
                                                                 const std::string& source_url,
                                                                 const std::string& base);

// Of a video's details: the smallest of its files that has sound, one without pictures before all others.
struct File {
    std::string url{};
    std::optional<std::uint64_t> size{};
};
[[nodiscard]] std::optional<File> smallest_sound(const json::Value& details);
// False: the details say that it is not public (any more). Where they say nothing of it, it is.
[[nodiscard]] bool is_public(const json::Value& details);

// What an instance says of a licence is a number and its label ("Attribution - Share Alike"), without
// version: by PeerTube's own table (peertubeLicenceToSPDX in its server/core/helpers/video.ts) that is 4.0.
// Plugins add numbers and rename labels: a label that says neither what PeerTube's does nor the same licence
// by its name is not understood. Empty: so it is. An empty label: there was none.
[[nodiscard]] std::string licence_of(std::int64_t number, std::string_view label);

}  // namespace haul::collect::peertube
