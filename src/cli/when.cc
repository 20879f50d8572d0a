#include "cli/when.h"

#include <time.h>

#include <cstddef>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/units.h"

namespace haul::cli {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kMillisecond = 1'000'000;

Error unreadable(std::string_view text) {
    return make_error(
        Code::usage, "", "",
        fmt::format("'{}' is neither a duration (7d, 12h) nor a UTC date (2026-11-22, 2026-11-22T20:39:35Z)",
                    text::printable(text)));
}

// The digits behind the point, as nanoseconds; moves `at` behind them. -1: there are none, or more than nine.
std::int64_t take_fraction(const char*& at) {
    std::int64_t value = 0, scale = kSecond;
    const char* const begin = at;
    for (; *at >= '0' && *at <= '9'; ++at) {
        if (scale == 1) return -1;
        scale /= 10;
        value += (*at - '0') * scale;
    }
    return at == begin ? -1 : value;
}

}  // namespace

Result<std::int64_t> parse_when(std::string_view text, std::chrono::nanoseconds now) {
    if (const auto duration = units::parse_duration(text)) {
        const std::int64_t then = (now - *duration).count();
        return then - then % kMillisecond;
    }
    const std::string copy(text);
    std::tm parts{};
    const char* at = ::strptime(copy.c_str(), "%Y-%m-%d", &parts);
    std::int64_t fraction = 0;
    if (at != nullptr && *at == 'T') {
        at = ::strptime(at, "T%H:%M:%S", &parts);
        if (at != nullptr && *at == '.') fraction = take_fraction(++at);
        if (at != nullptr && *at == 'Z') ++at;
    }
    const bool whole = at != nullptr && at == copy.c_str() + copy.size();
    const int day = parts.tm_mday;
    const std::int64_t seconds = whole ? ::timegm(&parts) : 0;  // takes February 30 for March 1 or 2
    // 1678 to 2262: what nanoseconds can tell.
    constexpr std::int64_t kMost = 9'200'000'000;
    if (!whole || day != parts.tm_mday || fraction < 0 || seconds > kMost || seconds < -kMost)
        return failure(unreadable(text));
    return seconds * kSecond + fraction;
}

std::vector<std::string> with_fixed_newer(std::vector<std::string> words, std::int64_t newer_ns) {
    const std::string fixed = clock::utc_text(std::chrono::nanoseconds(newer_ns));
    const std::string with_value = "--newer=";
    for (std::size_t i = 0; i < words.size() && words[i] != "--"; ++i) {
        if (words[i] == "--newer" && i + 1 < words.size()) {
            if (units::parse_duration(words[++i])) words[i] = fixed;
        } else if (words[i].starts_with(with_value) &&
                   units::parse_duration(words[i].substr(with_value.size()))) {
            words[i] = with_value + fixed;
        }
    }
    return words;
}

}  // namespace haul::cli
