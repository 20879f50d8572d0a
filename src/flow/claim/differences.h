// How a request differs from the one that a destination is claimed for, in the words of the command line.
#pragma once

#include <string>
#include <vector>

#include "format/claim_record.h"

namespace haul::claim {

// "--part-size 1GB there, 2GB asked now" for each that differs; empty: the same request.
[[nodiscard]] std::vector<std::string> differences(const format::ClaimRecord& there,
                                                   const format::ClaimRecord& ours);

}  // namespace haul::claim
