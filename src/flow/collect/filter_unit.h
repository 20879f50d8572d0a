// The unit "filter": listens to a recording and judges it.
#pragma once

#include "base/result.h"
#include "engine/engine.h"
#include "flow/collect/recording/recording.h"
#include "flow/collect/work.h"
#include "ledger/ledger.h"

namespace haul::collect {

[[nodiscard]] Result<ledger::Outcome> handle_filter(Work& work, engine::Context& context);

// Judges what was heard by the plan and the decisions as they are now; true: that changes something.
[[nodiscard]] bool judge(Recording& recording, const Work& work);

// Of speech.
[[nodiscard]] std::uint64_t accepted_ms(const Recording& recording);

}  // namespace haul::collect
