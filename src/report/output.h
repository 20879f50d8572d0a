// Writes to a descriptor that may be a closed pipe, a stalled terminal or a full disk: none of these may end
// or hold up a job, so what cannot be written within a second is dropped.
#pragma once

#include <string_view>

namespace haul::report {

void write_out(int fd, std::string_view text);

}  // namespace haul::report
