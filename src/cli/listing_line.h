// A member of a set as a line of `haul ls`. Pure functions.
#pragma once

#include <string>

#include "flow/set/verify.h"

namespace haul::cli {

// "-rw-r--r--          1,234  2026-11-22 20:39:35  summer/beach.jpg", UTC; symlinks with " -> target". What
// is not known is "?".
[[nodiscard]] std::string long_line(const set::Listed& listed);
// The manifest's line, with the part in front.
[[nodiscard]] std::string json_line(const set::Listed& listed);

}  // namespace haul::cli
