// From words to a command's exit code.
#pragma once

#include <string>
#include <vector>

namespace haul::cli {

struct Command;

// `words`: everything behind the program's name. Errors were written when it returns.
[[nodiscard]] int dispatch(const std::vector<std::string>& words);
// One command; `words` begin with its name.
[[nodiscard]] int run_command(const Command& command, const std::vector<std::string>& words);

}  // namespace haul::cli
