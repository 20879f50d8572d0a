// What a plan that changed means for a corpus that is there: each text of a plan that a run began with is
// kept as a revision, and stored scores are judged again.
#pragma once

#include "base/result.h"
#include "flow/collect/work.h"

namespace haul::collect {

// Of the plan's last revision; empty: there is none yet.
[[nodiscard]] Result<std::string> name_of_corpus(const ledger::Ledger& ledger);
// Records the plan where it is not the last revision. True: what is accepted may have changed.
[[nodiscard]] Result<bool> record_revision(const Work& work);
// Judges every recording that was heard by the plan as it is now, and finds out how much the corpus holds.
// With `again` unset it only does the latter.
[[nodiscard]] Status take_stock(Work& work, bool again);

}  // namespace haul::collect
