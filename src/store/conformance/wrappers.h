// Every wrapper over a store, as rows for the suite: a store's promises must hold through each of them.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "store/store.h"

namespace haul::store::conformance {

struct Wrapper {
    std::string name;
    std::function<std::unique_ptr<Store>(std::unique_ptr<Store>)> wrap;
};

// bare, retry, limit, trace, fault, and `stormy`: operations fail or lose their reply now and then, and with
// retries nobody notices.
[[nodiscard]] std::vector<Wrapper> wrappers();

}  // namespace haul::store::conformance
