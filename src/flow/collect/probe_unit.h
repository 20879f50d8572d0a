// The unit "probe": judges a channel by the first of its items that is fit to be fetched, and lets its other
// items through or closes it.
#pragma once

#include "base/result.h"
#include "engine/engine.h"
#include "flow/collect/work.h"
#include "ledger/ledger.h"

namespace haul::collect {

[[nodiscard]] Result<ledger::Outcome> handle_probe(Work& work, engine::Context& context);

}  // namespace haul::collect
