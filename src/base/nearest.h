// "Did you mean …": the nearest of some words.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace haul::text {

// Empty where none is near: at most a third of the letters wrong (at least one), swaps of neighbours counting
// once.
[[nodiscard]] std::string nearest(std::string_view word, const std::vector<std::string>& words);

}  // namespace haul::text
