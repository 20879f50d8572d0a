// Members that changed while they were read, or failed in an earlier run and can be read now: they go to
// parts of their own at the set's end.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "flow/pack/work.h"

namespace haul::pack {

// Lays open late members out in new parts and adds their units to the ledger; those that are gone, or changed
// too often, are failed. Returns how many units were added: 0 when nothing is left to settle.
[[nodiscard]] Result<std::uint64_t> settle_late_members(Work& work);

}  // namespace haul::pack
