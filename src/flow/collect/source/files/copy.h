// Fetches a file of this machine.
#pragma once

#include <stop_token>
#include <string>

#include "flow/collect/web/web.h"

namespace haul::collect {

// Goes on where an earlier copy of the same version ended. Code::changed: it was written to meanwhile.
[[nodiscard]] Result<Fetched> copy_file(const std::string& from, const FetchTo& to,
                                        const std::stop_token& stop);

}  // namespace haul::collect
