// What every store promises, as checks that run against any implementation or wrapper: a plain library
// without a test framework, so that users can run it against their own store.
//
// Each check has the name of its promise in docs/stores.md, works beneath a folder of its own and takes that
// away again, and returns within seconds. Promises that the store's capabilities disclaim are left out.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/store.h"

namespace haul::store::conformance {

struct Factory {
    // A store for one check. It may be the same place each time.
    std::function<Result<std::unique_ptr<Store>>()> make;
    // The checks work in folders beneath this one.
    std::string folder = "haul-conformance";
};

struct Verdict {
    std::string promise;
    bool passed = false;
    std::string detail;  // what was seen instead; empty where it passed
};

// Names of all promises that a store of these capabilities makes.
[[nodiscard]] std::vector<std::string_view> promises(const Capabilities& can);
// Of all promises, in the order of docs/stores.md.
[[nodiscard]] std::vector<std::string_view> all_promises();
// An unknown promise has not passed.
[[nodiscard]] Verdict check(std::string_view promise, const Factory& factory);
// One verdict a promise. Where no store can be made: one verdict that says so.
[[nodiscard]] std::vector<Verdict> check_all(const Factory& factory);

}  // namespace haul::store::conformance
