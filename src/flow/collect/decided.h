// What decisions (decisions/decisions.h) mean for what the ledger of a corpus knows: which channels are
// closed and open again, and what must not come back.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "flow/collect/decisions/decisions.h"
#include "flow/collect/facts.h"
#include "flow/collect/work.h"
#include "ledger/ledger.h"

namespace haul::collect {

// The reason of what was erased: of a candidate that is left out, of a recording that is not accepted.
inline constexpr const char* kErasedReason = "erased";

// Whether it, its channel or one of its addresses was erased.
[[nodiscard]] bool is_erased(const Decisions& decisions, const Candidate& candidate);
// Likewise, or its file.
[[nodiscard]] bool is_erased(const Decisions& decisions, const Recording& recording);

// Names its file, which is not exported any more and still there.
void say_where_erased(const Work& work, const Recording& recording);

[[nodiscard]] ChannelDecision decision_of(const std::string& channel_id, const Channel& channel);

// Of a decision that another ledger made: what changes in this one.
[[nodiscard]] Status follow(const ledger::Ledger& ledger, const Decision& decision, ledger::Outcome& outcome);

// Of a channel that the ledger finds for the first time: as it was closed by a decision that is left of an
// earlier ledger, if the plan has something against it still.
[[nodiscard]] Result<std::optional<Channel>> closed_before(const Work& work, const Candidate& candidate);

// Opens the closed channels that the plan, as it is now, has nothing against any more. Fetches nothing.
[[nodiscard]] Status reopen_channels(Work& work);

}  // namespace haul::collect
