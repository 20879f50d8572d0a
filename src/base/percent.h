// Percent escapes ("a%20b", RFC 3986) of addresses, of what services list, and of names in archives. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace haul::text {

// Nothing where a `%` is not followed by two hex digits.
[[nodiscard]] std::optional<std::string> percent_decoded(std::string_view text);
// All bytes but A-Z a-z 0-9 - . _ ~ as %XX, upper case; `keep_slash`: and but slashes.
[[nodiscard]] std::string percent_encoded(std::string_view text, bool keep_slash);

}  // namespace haul::text
