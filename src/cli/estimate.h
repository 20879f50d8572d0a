// What a pack would do, without doing it: `haul estimate` and `haul pack --dry-run`.
#pragma once

#include "base/result.h"
#include "cli/display.h"
#include "cli/pack_options.h"

namespace haul::cli {

[[nodiscard]] Result<int> show_estimate(const PackOptions& options, const Display& display);

}  // namespace haul::cli
