// What is left of the units of a ledger, of the kinds that a run works on.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "engine/engine.h"
#include "ledger/ledger.h"

namespace haul::engine {

// Whether one is queued or leased: asked whenever nobody has anything to do.
[[nodiscard]] Result<bool> is_any_open(const ledger::Ledger& ledger, const Options& options);

struct Left {
    bool open = false;
    std::uint64_t set_aside = 0;
};
// Goes through all units: for the end of a run.
[[nodiscard]] Result<Left> what_is_left(const ledger::Ledger& ledger, const Options& options);

}  // namespace haul::engine
