// Percent escapes ("a%20b") of addresses, of what services list, and of names in archives.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace haul::text {

// Nothing where a `%` is not followed by two hex digits. Values only.
[[nodiscard]] std::optional<std::string> percent_decoded(std::string_view text);

}  // namespace haul::text
