// The unit "download": fetches an item, looks whether its bytes are here already, and puts it in place.
#pragma once

#include "base/result.h"
#include "engine/engine.h"
#include "flow/collect/work.h"
#include "ledger/ledger.h"

namespace haul::collect {

[[nodiscard]] Result<ledger::Outcome> handle_download(Work& work, engine::Context& context);

// The unit stays as it is, since this run may fetch no more.
[[nodiscard]] bool is_at_limit(const Error& error);

}  // namespace haul::collect
