// Randomness: tokens that must not repeat come from the kernel; jitter from a generator that tests can seed.
// Thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace haul::random {

// `bytes` random bytes of getrandom(2) as lower-case hex.
[[nodiscard]] std::string token_hex(std::size_t bytes = 16);
// Uniform in [0, below); below > 0.
[[nodiscard]] std::uint64_t below(std::uint64_t below);
// For tests: makes below() repeatable. token_hex() is never seeded.
void seed(std::uint64_t value);

}  // namespace haul::random
