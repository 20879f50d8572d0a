// Percent escapes in addresses ("a%20b").
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace haul::store {

// Nothing where a `%` is not followed by two hex digits. Values only.
[[nodiscard]] std::optional<std::string> percent_decoded(std::string_view text);

}  // namespace haul::store
