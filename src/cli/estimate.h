// What a pack would do, without doing it: `haul estimate` and `haul pack --dry-run`.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "cli/display.h"
#include "cli/pack_options.h"

namespace haul::cli {

// `prices`: the file of --prices.
[[nodiscard]] Result<int> show_estimate(const PackOptions& options, const Display& display,
                                        const std::optional<std::string>& prices = {});

}  // namespace haul::cli
