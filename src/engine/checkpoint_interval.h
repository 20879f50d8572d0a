// How long a unit works between two checkpoints: what a kill can cost, against what a checkpoint costs.
#pragma once

#include <chrono>

namespace haul::engine {

// 2 s. In builds with fault points HAUL_CHECKPOINT_MS (milliseconds, read once) decides, so that tests pass
// many checkpoints in little time.
[[nodiscard]] std::chrono::nanoseconds checkpoint_interval();

}  // namespace haul::engine
