// Unpacks one large member: streamed in pieces into a temporary, checked before it becomes visible. One call
// a thread.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "engine/engine.h"
#include "engine/space_budget.h"
#include "flow/unpack/outcome_log.h"
#include "flow/unpack/placing.h"
#include "flow/unpack/work.h"

namespace haul::unpack {

// `hold`: the room that was reserved for it, among others. Damage and what the destination cannot hold are
// told to `log`; an Error is about more than the item.
[[nodiscard]] Status unpack_large(Work& work, engine::Context& context, const std::string& archive,
                                  digest::Algorithm algorithm, const Item& item, OwnPaths& own,
                                  OutcomeLog& log, engine::SpaceHold& hold);

}  // namespace haul::unpack
