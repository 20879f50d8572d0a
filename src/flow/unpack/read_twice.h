// Damage is believed when a second reading shows it too: a bit may have been turned on its way, and then what
// lies in the store is whole.
#pragma once

#include <string>

#include "flow/unpack/work.h"

namespace haul::unpack {

// `read(again)` returns a Result or Status. Code::corrupt: it is called once more, with `again`, and its
// second answer counts. `what` was read: for the warning where it was whole after all.
template <class Read>
[[nodiscard]] auto read_twice(Work& work, const std::string& what, const Read& read) {
    auto first = read(false);
    if (first || first.error().code != Code::corrupt) return first;
    auto second = read(true);
    if (second) {
        work.hub.note(report::Level::warning,
                      "it is whole, but was read wrong at first: " + first.error().message(), what);
    }
    return second;
}

}  // namespace haul::unpack
