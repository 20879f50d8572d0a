// The unit "download": fetches an item, looks whether its bytes are here already, and puts it in place.
#pragma once

#include "base/result.h"
#include "engine/engine.h"
#include "flow/collect/work.h"
#include "ledger/ledger.h"

namespace haul::collect {

[[nodiscard]] Result<ledger::Outcome> handle_download(Work& work, engine::Context& context);

}  // namespace haul::collect
