// Hands a command over to haul-speech, which is built and installed only where somebody listens.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace haul::cli {

// Becomes haul-speech with the same words; comes back only where that is impossible. It lies beside this
// program, or in ../libexec/haul.
[[nodiscard]] Result<int> run_speech_program(const std::vector<std::string>& words);

}  // namespace haul::cli
