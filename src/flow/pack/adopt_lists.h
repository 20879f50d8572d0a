// Member lists that lie at the destination already: they count as they are, on this machine or another.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "flow/pack/work.h"
#include "format/part_list.h"
#include "ledger/ledger.h"

namespace haul::pack {

struct AdoptedList {
    std::uint32_t part = 0;
    format::PartListEnd end;
    ledger::Outcome outcome;  // the part's unit, and the facts of its notes
};

// The lists of parts `first`, `first`+1, … as far as they reach without a gap. Late members that a list takes
// up are settled in its outcome. `commit` makes each durable before the next is read (the facts of one build
// on those before it).
[[nodiscard]] Status adopt_lists(Work& work, std::uint32_t first,
                                 const std::function<Status(const AdoptedList&)>& commit);

}  // namespace haul::pack
