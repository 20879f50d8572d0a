// The program's version; a test compares it with the build's.
#pragma once

#include <string_view>

namespace haul {

inline constexpr std::string_view kVersion = "0.1.0";

}  // namespace haul
