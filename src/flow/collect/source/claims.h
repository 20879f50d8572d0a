// What sources say of an item in forms of their own, in ours. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace haul::collect {

// ISO 639-1 of a language tag ("de" of "de-DE"); what is none, as it stands.
[[nodiscard]] std::string claimed_language(std::string_view tag);
// Seconds of "5025", "83:45", "1:23:45", as itunes:duration has them; nothing: not understood, or 0.
[[nodiscard]] std::optional<double> claimed_duration(std::string_view text);
// RFC 3339 of a date in that form or in that of RFC 822; empty: not understood.
[[nodiscard]] std::string claimed_date(std::string_view text);

// At most so many bytes of it, whole characters of UTF-8.
[[nodiscard]] std::string shortened(std::string text, std::size_t most);

}  // namespace haul::collect
