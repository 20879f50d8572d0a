// The unit "search": one page of a source's search, or of a channel's list. What it finds enters the ledger
// with the page that comes next.
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "engine/engine.h"
#include "flow/collect/work.h"
#include "ledger/ledger.h"

namespace haul::collect {

// The first pages of all searches of the plan; those that were begun before are there already.
[[nodiscard]] std::vector<ledger::NewUnit> first_searches(const Work& work);
// The first page of the list of a channel.
[[nodiscard]] ledger::NewUnit channel_search(const std::string& channel_id);

// Pages that ended because their source had left the plan are asked for where it is back. `revision`: of the
// plan, that there are units for them which are not done.
[[nodiscard]] Status take_up_searches(const Work& work, std::uint64_t revision);

[[nodiscard]] Result<ledger::Outcome> handle_search(Work& work, engine::Context& context);

}  // namespace haul::collect
