// The one form in which speech/ passes audio on: mono samples in [-1, 1], 32-bit floats, 16,000 a second.
#pragma once

#include <cstdint>

namespace haul::speech {

inline constexpr std::uint32_t kRate = 16'000;  // samples a second

}  // namespace haul::speech
