// What every ledger promises, as checks that run against any implementation: a plain library without a test
// framework.
//
// Each check has the name of its promise in docs/ledger.md, makes a ledger of its own and returns within
// seconds. Real clocks.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ledger/ledger.h"

namespace haul::ledger::conformance {

struct Factory {
    // A new, empty ledger. The one made before is gone by then.
    std::function<Result<std::unique_ptr<Ledger>>()> make;
    // The ledger made last, opened again by a new owner after the earlier object was destroyed. Empty: it
    // does not survive.
    std::function<Result<std::unique_ptr<Ledger>>()> reopen;
};

struct Verdict {
    std::string promise;
    bool passed = false;
    std::string detail;  // what was seen instead; empty where it passed
};

// Names of all promises; those that need `reopen` only where asked for.
[[nodiscard]] std::vector<std::string_view> promises(bool survives);
// An unknown promise has not passed.
[[nodiscard]] Verdict check(std::string_view promise, const Factory& factory);
[[nodiscard]] std::vector<Verdict> check_all(const Factory& factory);

}  // namespace haul::ledger::conformance
