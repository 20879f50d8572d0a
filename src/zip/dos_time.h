// MS-DOS dates and times, always taken as UTC: two seconds' resolution, 1980-01-01 to 2107-12-31T23:59:58.
#pragma once

#include <cstdint>

namespace haul::zip {

struct DosTime {
    std::uint16_t time = 0;
    std::uint16_t date = 0;
    bool operator==(const DosTime&) const = default;
};

// Clamped at both ends; odd seconds go down.
[[nodiscard]] DosTime to_dos(std::int64_t unix_seconds);
// Fields that name no moment (month 0, hour 31) are brought to the nearest that does.
[[nodiscard]] std::int64_t from_dos(DosTime time);

// Whole seconds at or before the moment.
[[nodiscard]] constexpr std::int64_t floor_seconds(std::int64_t ns) {
    constexpr std::int64_t second = 1'000'000'000;
    return ns / second - (ns % second < 0 ? 1 : 0);
}

}  // namespace haul::zip
