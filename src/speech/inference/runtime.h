// Finds the module that runs networks.
#pragma once

#include "base/result.h"
#include "speech/inference/network.h"

namespace haul::speech {

// Beside the program, or in ../lib/haul of it; looked for once, and kept. Code::unsupported: it is not there,
// or the loader does not take it. Thread-safe.
[[nodiscard]] Result<LoadNetwork*> runtime();

}  // namespace haul::speech
