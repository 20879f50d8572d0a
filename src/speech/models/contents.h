// What files hold: their hash, and copies that are checked while they are made.
#pragma once

#include <string>

#include "base/result.h"

namespace haul::speech {

// SHA-256 in 64 hex digits.
[[nodiscard]] Result<std::string> sha256_of(const std::string& path);
// A durable copy under a new name; its hash, too. Something is left at `to` where it fails.
[[nodiscard]] Result<std::string> copy_hashed(const std::string& from, const std::string& to);

}  // namespace haul::speech
