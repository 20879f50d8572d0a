// A process's identity, short enough to stand in a name: whoever finds what it left can tell that it is gone.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/process.h"

namespace haul::process {

// "HOST-PID-START": 12 hex digits of machine, boot and PID namespace, then two decimal numbers.
[[nodiscard]] std::string owner_mark(const Identity& identity);

// Of the owner of a `text` that begins with an owner_mark and `-`; unknown: of another machine, boot or
// namespace. nullopt: it begins with no mark.
[[nodiscard]] std::optional<Liveness> liveness_of_mark(std::string_view text);

}  // namespace haul::process
