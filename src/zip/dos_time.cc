#include "zip/dos_time.h"

#include <algorithm>
#include <chrono>

namespace haul::zip {
namespace {
constexpr std::int64_t first_second = 315'532'800;   // 1980-01-01T00:00:00
constexpr std::int64_t last_second = 4'354'819'198;  // 2107-12-31T23:59:58
constexpr std::int64_t day_seconds = 86'400;
}  // namespace

DosTime to_dos(std::int64_t unix_seconds) {
    using namespace std::chrono;
    const std::int64_t moment = std::clamp(unix_seconds, first_second, last_second);
    const year_month_day day(sys_days(days(moment / day_seconds)));
    const auto second = static_cast<unsigned>(moment % day_seconds);
    const auto year = static_cast<unsigned>(static_cast<int>(day.year()) - 1980);
    DosTime dos;
    dos.date = static_cast<std::uint16_t>(year << 9U | static_cast<unsigned>(day.month()) << 5U |
                                          static_cast<unsigned>(day.day()));
    dos.time = static_cast<std::uint16_t>(second / 3600 << 11U | second / 60 % 60 << 5U | second % 60 / 2);
    return dos;
}

std::int64_t from_dos(DosTime dos) {
    using namespace std::chrono;
    const year named_year(1980 + (dos.date >> 9U));
    const month named_month(std::clamp(dos.date >> 5U & 15U, 1U, 12U));
    const unsigned last_day(static_cast<unsigned>((named_year / named_month / last).day()));
    const day named_day(std::clamp(dos.date & 31U, 1U, last_day));
    const sys_days date(named_year / named_month / named_day);
    const std::int64_t hour = std::min(dos.time >> 11U, 23);
    const std::int64_t minute = std::min(dos.time >> 5U & 63U, 59U);
    const std::int64_t second = std::min((dos.time & 31U) * 2U, 58U);
    return date.time_since_epoch().count() * day_seconds + hour * 3600 + minute * 60 + second;
}

}  // namespace haul::zip
