// The unit "list": goes through the source, cuts parts, writes their member lists, and adds a unit for each.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "engine/engine.h"
#include "flow/pack/work.h"
#include "ledger/ledger.h"

namespace haul::pack {

[[nodiscard]] ledger::NewUnit list_unit();
[[nodiscard]] Result<ledger::Outcome> handle_list(Work& work, engine::Context& context);

}  // namespace haul::pack
