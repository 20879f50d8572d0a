// Fetches a file of this machine.
#pragma once

#include <stop_token>
#include <string>

#include "flow/collect/web/web.h"

namespace haul::collect {

// An error of the system on that file of a source is the file's alone, and no word on anything else: Code::io
// with a remedy. Others are as they were.
[[nodiscard]] Error of_file(Error error, const std::string& path);

// Goes on where an earlier copy of the same version ended. Code::changed: it was written to meanwhile.
[[nodiscard]] Result<Fetched> copy_file(const std::string& from, const FetchTo& to,
                                        const std::stop_token& stop);

}  // namespace haul::collect
