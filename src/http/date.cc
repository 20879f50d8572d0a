#include "http/date.h"

#include <curl/curl.h>

#include <algorithm>
#include <cstdint>

namespace haul::http {

std::optional<clock::Nanoseconds> parse_date(std::string_view text) {
    if (text.size() > 64) return std::nullopt;
    const auto seconds = ::curl_getdate(std::string(text).c_str(), nullptr);
    // -1 is no date; what is before 1970 is none that we could do something with.
    if (seconds < 0) return std::nullopt;
    constexpr std::int64_t kLast = 9'223'372'036;  // nanoseconds end in 2262
    return std::chrono::seconds(std::min<std::int64_t>(seconds, kLast));
}

}  // namespace haul::http
