// The errors of one unit as JSON: an array, oldest first, of {time, kind, code, operation, subject, detail,
// remedy, cause}.
//
// Bounded, so that a unit that fails for weeks does not grow the ledger: the last 10 failures, 64 KiB, chains
// of at most 16 errors (the outermost 15 and the root). Texts are UTF-8; other bytes become U+FFFD.
// Thread-safe; reads the wall clock.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "ledger/ledger.h"

namespace haul::ledger {

inline constexpr std::size_t kFailuresKept = 10, kFailureLogBytes = 64 * 1024, kErrorsInChain = 16;

// `log` (empty: none yet) with one more failure at its end.
[[nodiscard]] std::string with_failure(std::string_view log, FailKind kind, const Error& failure);

}  // namespace haul::ledger
