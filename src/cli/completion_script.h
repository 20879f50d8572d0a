// Completion scripts, generated from the table of commands and what each declares. Pure functions.
#pragma once

#include <string>

namespace haul::cli {

[[nodiscard]] std::string bash_completion();
[[nodiscard]] std::string zsh_completion();
[[nodiscard]] std::string fish_completion();

}  // namespace haul::cli
