// Sites whose terms of use a plan has to accept before they are asked.
#pragma once

#include <string>

#include "base/error.h"

namespace haul::collect {

// `what` lies with `site`, and the plan does not say accept_terms. Code::denied.
[[nodiscard]] Error terms_not_accepted(const std::string& site, std::string what);
// Whether an error is that one: the plan's, which may accept them later, and no word of the site.
[[nodiscard]] bool is_of_terms(const Error& error);

}  // namespace haul::collect
