// Room at the destination, reserved before it is used and refused early, with numbers.
//
// What is wanted is taken whole first, at no cost; only where that does not fit is each item looked for at
// the destination, and what is there already needs no room. So an earlier run counts, whatever became of its
// ledger.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/result.h"
#include "engine/space_budget.h"
#include "flow/unpack/survey.h"
#include "store/store.h"

namespace haul::unpack {

// What a file of `size` bytes takes of a disk: whole blocks.
[[nodiscard]] std::uint64_t disk_size(std::uint64_t size);

// What the item still takes, given what is there under its name.
[[nodiscard]] std::uint64_t disk_size_left(const Request& request, const Item& item,
                                           const std::optional<store::Object>& there);

// Before the first write, for all that is left to write. Holds nothing.
[[nodiscard]] Status check_room(const Scope& scope, const Counted& wanted, store::Store& destination,
                                engine::SpaceBudget& space);

struct Room {
    engine::SpaceHold hold;
    bool tight = false;  // it is enough because of what is there already: that must not be written first
};
// For the files that `for_each` visits. They may be looked at twice.
using ForEach = std::function<Status(const Visit&)>;
[[nodiscard]] Result<Room> reserve_room(const Request& request, store::Store& destination,
                                        engine::SpaceBudget& space, const std::string& what,
                                        const ForEach& for_each, const std::stop_token& stop);

}  // namespace haul::unpack
