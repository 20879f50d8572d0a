// Dates of headers and feeds (RFC 9110 5.6.7 in its three forms, RFC 822 with any zone), read by libcurl.
// Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace haul::http {

// Wall time. Nothing: no date.
[[nodiscard]] std::optional<clock::Nanoseconds> parse_date(std::string_view text);

}  // namespace haul::http
