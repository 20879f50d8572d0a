// Questions to services of the machine itself, which answer at once or are not there: plain HTTP, one second,
// two attempts.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "http/exchange.h"

namespace haul::store::s3 {

// The body of a 200. Code::denied or unavailable else, without any of the answer. Connections are made anew.
[[nodiscard]] Result<std::string> ask_nearby(const std::string& method, const std::string& url,
                                             const std::vector<http::Header>& headers);

}  // namespace haul::store::s3
