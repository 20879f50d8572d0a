// What tests of the real binary need, compiled in only with HAUL_FAULT_POINTS:
//
//   HAUL_STORE_FAULTS=PLAN     faults beneath retry (see fault.h), one plan for all stores of the process
//   HAUL_STORE_COUNTERS=FILE   a JSON line is appended when a store is closed: {"address", "counters",
//                              "faults": [{"fault", "met", "fired", "left"}], "service"}; see
//                              FaultPlan::Count and ServiceOptions
//
// Times of retries are shortened by HAUL_RETRY_MS, HAUL_RETRY_MOST_MS and HAUL_RETRY_DEADLINE_MS
// (retry_budget.h).
#pragma once

#ifdef HAUL_FAULT_POINTS

#include <memory>

#include "base/result.h"
#include "store/open_store.h"
#include "store/store.h"
#include "store/wrap/trace.h"

namespace haul::store::wrap {

// The store itself where no faults are planned. Code::usage where the plan cannot be read.
[[nodiscard]] Result<std::unique_ptr<Store>> with_planned_faults(std::unique_ptr<Store> store);
// The store itself where no file is named.
[[nodiscard]] std::unique_ptr<Store> reporting_counters(std::unique_ptr<Store> store,
                                                        const ServiceOptions& service,
                                                        std::shared_ptr<const Counters> counters);

}  // namespace haul::store::wrap

#endif
