// What is left of the units of a ledger, of the kinds that a run works on.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "engine/engine.h"
#include "ledger/ledger.h"

namespace haul::engine {

struct Left {
    std::uint64_t open = 0;  // queued or leased
    std::uint64_t set_aside = 0;
};
[[nodiscard]] Result<Left> count_left(const ledger::Ledger& ledger, const Options& options);

}  // namespace haul::engine
