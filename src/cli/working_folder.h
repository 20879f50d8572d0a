// The folder in which relative paths start.
#pragma once

#include <string>

#include "base/result.h"

namespace haul::cli {

[[nodiscard]] Result<std::string> working_folder();
[[nodiscard]] Status enter_folder(const std::string& folder);

}  // namespace haul::cli
