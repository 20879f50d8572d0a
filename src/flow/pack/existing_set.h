// A set that is complete already: is it what the same command would make now?
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/shutdown.h"
#include "flow/pack/pack.h"
#include "format/set_record.h"
#include "report/event.h"
#include "store/store.h"

namespace haul::pack {

// Where the set has a member's line.
struct LinePlace {
    std::string part;
    bool entry = false;  // with an entry in the archive
};

struct Comparison {
    std::vector<std::string> readable;  // failed items of the record that can be read now
    // Failed items that have a line in the set all the same: folders that could not be looked into.
    std::map<std::string, LinePlace, std::less<>> in_set;
    std::uint64_t still_failed = 0;  // failed items that still cannot
};

// Code::corrupt where a part or manifest of the set is damaged or missing, as far as that shows without
// reading the parts. Code::usage where the record is of another source or other options (which), or where the
// source has other files than the set (count, examples, what to do).
[[nodiscard]] Result<Comparison> compare_with_set(store::Store& source, store::Store& destination,
                                                  const Request& request, const format::SetRecord& record,
                                                  report::Hub& hub, const std::stop_token& stop);

}  // namespace haul::pack
