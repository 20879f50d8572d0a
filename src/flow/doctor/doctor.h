// haul doctor: does a store keep what docs/stores.md promises? And: an end to uploads that nobody owns.
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/address.h"
#include "store/open_store.h"

namespace haul::doctor {

enum class Outcome : std::uint8_t { kept, broken, not_claimed };
[[nodiscard]] std::string_view name_of(Outcome outcome);

struct Finding {
    std::string_view promise;  // a name of docs/stores.md
    Outcome outcome = Outcome::kept;
    std::string detail;  // of a broken one: what was seen instead
};

// Told while it goes, from the calling thread.
struct Listener {
    // The store was found to take objects: what it says of itself, and the folder of ours beneath it.
    std::function<void(const store::Capabilities& can, const std::string& scratch)> begun;
    std::function<void(const Finding&)> found;
};

struct Examination {
    std::string scratch;  // ".haul-doctor/…", beneath the store
    std::vector<Finding> findings;
    std::vector<std::string> left;  // what could not be removed, and why
    bool interrupted = false;       // the findings are not all
};

// Works in a folder of its own beneath `place` (which must exist where it is a local one) and in nothing
// else, and takes it away again whatever happened. An error where the store refuses what everything needs:
// writing, reading, listing and removing an object. `drain`: ends after the promise that is being checked.
[[nodiscard]] Result<Examination> examine(const store::Address& place, const store::OpenOptions& options,
                                          const Listener& listener, const std::stop_token& drain);

}  // namespace haul::doctor
