// Little-endian numbers in byte buffers, as ZIP stores them. The caller vouches for the bounds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace haul::zip {

template <class Number>
[[nodiscard]] inline Number get(std::span<const std::byte> bytes, std::size_t at) {
    Number value = 0;
    for (std::size_t i = sizeof(Number); i-- > 0;) {
        value = static_cast<Number>((static_cast<std::uint64_t>(value) << 8U) |
                                    std::to_integer<std::uint64_t>(bytes[at + i]));
    }
    return value;
}
[[nodiscard]] inline std::uint16_t get16(std::span<const std::byte> bytes, std::size_t at) {
    return get<std::uint16_t>(bytes, at);
}
[[nodiscard]] inline std::uint32_t get32(std::span<const std::byte> bytes, std::size_t at) {
    return get<std::uint32_t>(bytes, at);
}
[[nodiscard]] inline std::uint64_t get64(std::span<const std::byte> bytes, std::size_t at) {
    return get<std::uint64_t>(bytes, at);
}

template <class Number>
inline void put(std::byte* to, Number value) {
    for (std::size_t i = 0; i < sizeof(Number); ++i) {
        to[i] = static_cast<std::byte>(static_cast<std::uint64_t>(value) >> (8U * i));
    }
}

}  // namespace haul::zip
