// The ledger of a corpus, found by its plan, for commands that look at it.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "flow/collect/plan/plan.h"
#include "flow/job/job.h"

namespace haul::cli {

struct CorpusLedger {
    collect::Plan plan;
    job::LookedAt looked;
};
// Code::not_found: nothing was collected by this plan yet; busy: a run is at work.
[[nodiscard]] Result<CorpusLedger> open_corpus_ledger(const std::string& plan,
                                                      const std::optional<std::string>& state);

}  // namespace haul::cli
