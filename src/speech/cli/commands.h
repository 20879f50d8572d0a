// Each in the file of its name. Options are declared in cli/, where haul itself shows their help.
#pragma once

#include "cli/command.h"

namespace haul::speech {

[[nodiscard]] cli::Handler declare_listening(cli::Arguments& arguments);
[[nodiscard]] cli::Handler declare_keeping_models(cli::Arguments& arguments);

}  // namespace haul::speech
