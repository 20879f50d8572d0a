// What a job's ledger tells whoever looks: docs/metrics.md.
#pragma once

#include "ledger/watched_ledger.h"
#include "report/event.h"

namespace haul::cli {

// While it lives. `ledger` outlives it.
[[nodiscard]] report::Numbers::Shown show_ledger(report::Hub& hub, const ledger::WatchedLedger& ledger);

}  // namespace haul::cli
