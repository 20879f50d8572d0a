// What a corpus has come to, counted from its ledger.
#pragma once

#include "base/result.h"
#include "flow/collect/collect.h"
#include "flow/collect/work.h"

namespace haul::collect {

// Fills in all that the ledger knows, and what this run did.
[[nodiscard]] Status count(const Work& work, Totals& totals);

}  // namespace haul::collect
