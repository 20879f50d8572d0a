// Sizes and durations as people write them.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace haul::units {

inline constexpr std::uint64_t KiB = 1024, MiB = 1024 * KiB, GiB = 1024 * MiB;

// "20GB" (decimal), "64MiB" (binary), "512", "1.5G" (bare letter: decimal, as KB). Case-insensitive. Bytes.
[[nodiscard]] Result<std::uint64_t> parse_size(std::string_view text);
// "15m", "6h", "250ms", "1h30m", "2d"; a bare number is refused: say the unit.
[[nodiscard]] Result<std::chrono::nanoseconds> parse_duration(std::string_view text);

// "217.4 MB" (decimal, as disks and clouds count).
[[nodiscard]] std::string size_text(std::uint64_t bytes);
// "20GB", "64MiB", "1234567": what parse_size reads back as the same number.
[[nodiscard]] std::string exact_size_text(std::uint64_t bytes);
// "2:05:09", "0:07"
[[nodiscard]] std::string duration_text(std::chrono::nanoseconds duration);
// "10,409"
[[nodiscard]] std::string count_text(std::uint64_t count);

}  // namespace haul::units
