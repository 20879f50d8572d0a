// HMAC-SHA-256, for signatures.
#pragma once

#include <array>
#include <string_view>

namespace haul::store::s3 {

using Mac = std::array<char, 32>;
// Thread-safe. About a microsecond for short messages: the algorithm is looked up once a thread.
[[nodiscard]] Mac hmac(std::string_view key, std::string_view message);

[[nodiscard]] inline std::string_view view(const Mac& mac) { return {mac.data(), mac.size()}; }

}  // namespace haul::store::s3
