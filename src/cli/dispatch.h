// From words to a command's exit code.
#pragma once

#include <string>
#include <vector>

namespace haul::cli {

// `words`: everything behind the program's name. Errors were written when it returns.
[[nodiscard]] int dispatch(const std::vector<std::string>& words);

}  // namespace haul::cli
