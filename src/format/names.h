// Inside of format: file names that carry a number of fixed least width, "part-00001.zip".
#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/number.h"

namespace haul::format {

[[nodiscard]] inline std::string numbered_name(std::string_view prefix, std::uint64_t number,
                                               std::size_t width, std::string_view suffix) {
    return fmt::format("{}{:0{}}{}", prefix, number, width, suffix);
}

// The number of exactly such a name; 0 and other widths than the writer's are no number of ours.
template <class Number>
[[nodiscard]] std::optional<Number> number_in(std::string_view name, std::string_view prefix,
                                              std::size_t width, std::string_view suffix) {
    if (!name.starts_with(prefix) || !name.ends_with(suffix)) return std::nullopt;
    if (name.size() < prefix.size() + width + suffix.size()) return std::nullopt;
    const std::string_view digits = name.substr(prefix.size(), name.size() - prefix.size() - suffix.size());
    const auto number = text::whole_number<Number>(digits);
    if (!number || *number == 0) return std::nullopt;
    if (digits.size() > width && digits.front() == '0') return std::nullopt;
    return number;
}

}  // namespace haul::format
