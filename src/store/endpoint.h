// The URL of a service, as an address, the environment or a profile names it.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace haul::store {

// "https://host:port" or with a path behind, scheme and host in lower case, no `/` at the end: equal services
// have equal text. Code::usage where `text` is no http or https URL, or has a user, query or fragment: an
// error names `where` it was found and never repeats the text, which might hold a password. Values only.
[[nodiscard]] Result<std::string> normal_endpoint(std::string_view text, std::string_view where);

}  // namespace haul::store
