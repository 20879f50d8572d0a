// What a unit's failure counts as, and how it is told. Values only.
#pragma once

#include <chrono>
#include <string>

#include "base/error.h"
#include "ledger/ledger.h"

namespace haul::engine {

// What makes no sense as it was asked for, such as a part beyond --memory, makes none in a minute either.
[[nodiscard]] ledger::FailKind fail_kind_of(const Error& error);
// What the unit was in when it failed: "leased, after 2 failures".
[[nodiscard]] std::string state_before(const ledger::Lease& lease);
// What happens to it: set aside, or tried again after the delay.
[[nodiscard]] std::string what_next(const ledger::Lease& lease, ledger::FailKind kind, bool is_set_aside,
                                    std::chrono::nanoseconds delay);

}  // namespace haul::engine
