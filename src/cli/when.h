// Points in time as people write them for --newer.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace haul::cli {

// "7d" (that long before `now`, to the millisecond), "2026-11-22", "2026-11-22T20:39:35Z", with up to 9
// digits of a fraction. UTC; nanoseconds since 1970. Code::usage.
[[nodiscard]] Result<std::int64_t> parse_when(std::string_view text, std::chrono::nanoseconds now);

// The words with a relative --newer made absolute, so that a job resumed tomorrow still asks for the same.
[[nodiscard]] std::vector<std::string> with_fixed_newer(std::vector<std::string> words,
                                                        std::int64_t newer_ns);

}  // namespace haul::cli
