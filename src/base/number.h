// Numbers in text that others wrote. Pure.
#pragma once

#include <charconv>
#include <cmath>
#include <memory>
#include <optional>
#include <string_view>
#include <system_error>

namespace haul::text {

// All of `digits` as a number; nullopt for what is empty, has anything else in it, such as a sign before an
// unsigned one or blanks, or does not fit into `Number`.
template <class Number>
[[nodiscard]] std::optional<Number> whole_number(std::string_view digits) {
    Number number = 0;
    const char* const end = std::to_address(digits.end());
    const auto [at, problem] = std::from_chars(std::to_address(digits.begin()), end, number);
    if (problem != std::errc() || at != end) return std::nullopt;
    return number;
}

// All of `text` as a decimal fraction: "0.7", "12"; nullopt for anything else, infinities too.
[[nodiscard]] inline std::optional<double> decimal_number(std::string_view text) {
    double number = 0;
    const char* const end = std::to_address(text.end());
    const auto [at, problem] =
        std::from_chars(std::to_address(text.begin()), end, number, std::chars_format::fixed);
    if (problem != std::errc() || at != end || !std::isfinite(number)) return std::nullopt;
    return number;
}

}  // namespace haul::text
