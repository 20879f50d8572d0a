// haul-speech, which is built and installed only where somebody listens: beside this program, or in
// ../libexec/haul.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace haul::cli {

// Where it lies. Code::unsupported, with the remedy: it is not there.
[[nodiscard]] Result<std::string> find_speech_program();

// Becomes haul-speech with the same words; comes back only where that is impossible.
[[nodiscard]] Result<int> run_speech_program(const std::vector<std::string>& words);

}  // namespace haul::cli
