#include "flow/collect/source/claims.h"

#include <algorithm>

#include "base/clock.h"
#include "base/number.h"
#include "http/date.h"

namespace haul::collect {
namespace {

bool fits(std::string_view text, std::string_view pattern) {  // 0: a digit, else itself
    return std::ranges::equal(text, pattern, [](char c, char wanted) {
        return wanted == '0' ? c >= '0' && c <= '9' : c == wanted;
    });
}

bool is_rfc3339(std::string_view text) {
    constexpr std::string_view kFront = "0000-00-00T00:00:00";
    if (text.size() < kFront.size() || !fits(text.substr(0, kFront.size()), kFront)) return false;
    text.remove_prefix(kFront.size());
    if (text.starts_with('.')) {
        const auto end = std::min(text.find_first_not_of("0123456789", 1), text.size());
        if (end == 1 || end > 10) return false;
        text.remove_prefix(end);
    }
    return text == "Z" || fits(text, "+00:00") || fits(text, "-00:00");
}

}  // namespace

std::string claimed_language(std::string_view tag) {
    std::string text(tag);
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    const bool two = text.size() >= 2 && is_letter(text[0]) && is_letter(text[1]) &&
                     (text.size() == 2 || text[2] == '-' || text[2] == '_');
    if (!two) return text;
    text.resize(2);
    for (char& c : text) c = static_cast<char>(c | 0x20);
    return text;
}

std::optional<double> claimed_duration(std::string_view text) {
    double seconds = 0;
    for (int parts = 0; parts < 3; ++parts) {
        const auto end = std::min(text.find(':'), text.size());
        const auto number = text::decimal_number(text.substr(0, end));
        if (!number || *number < 0) return std::nullopt;
        seconds = seconds * 60 + *number;
        if (end == text.size()) {
            constexpr double kMost = 1e7;  // a third of a year
            return seconds > 0 && seconds < kMost ? std::optional(seconds) : std::nullopt;
        }
        text.remove_prefix(end + 1);
    }
    return std::nullopt;
}

std::string claimed_date(std::string_view text) {
    if (is_rfc3339(text)) return std::string(text);
    const auto date = http::parse_date(text);
    return date ? clock::utc_text(*date) : std::string();
}

std::string shortened(std::string text, std::size_t most) {
    if (text.size() <= most) return text;
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80U) --most;
    text.resize(most);
    return text;
}

}  // namespace haul::collect
