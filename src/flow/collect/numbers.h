// What a run of a collect tells whoever looks, beside what its events and its ledger say: docs/metrics.md.
#pragma once

#include "flow/collect/web/web.h"
#include "flow/collect/work.h"
#include "report/numbers.h"

namespace haul::collect {

// While it lives. Both outlive it.
[[nodiscard]] report::Numbers::Shown show_numbers(const Work& work, const Web& web);

}  // namespace haul::collect
