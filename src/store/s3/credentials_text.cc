#include "store/s3/credentials_text.h"

#include <array>
#include <cctype>
#include <utility>

#include "base/json.h"

namespace haul::store::s3 {
namespace {

using Time = std::chrono::system_clock::time_point;

// Two or four digits at the front, which are taken away.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
    if (text.size() < digits) return std::nullopt;
    int number = 0;
    for (const char digit : text.substr(0, digits)) {
        if (digit < '0' || digit > '9') return std::nullopt;
        number = number * 10 + (digit - '0');
    }
    text.remove_prefix(digits);
    return number;
}

bool take(std::string_view& text, char byte) {
    if (!text.starts_with(byte)) return false;
    text.remove_prefix(1);
    return true;
}

// "Z", "+hh:mm", "+hhmm"; a time without any is UTC.
std::optional<std::chrono::minutes> take_offset(std::string_view& text) {
    if (text.empty() || take(text, 'Z')) return std::chrono::minutes(0);
    const int sign = text.starts_with('-') ? -1 : 1;
    if (!take(text, '+') && !take(text, '-')) return std::nullopt;
    const auto hours = take_number(text, 2);
    take(text, ':');
    const auto minutes = take_number(text, 2);
    if (!hours || !minutes) return std::nullopt;
    return std::chrono::minutes(sign * (*hours * 60 + *minutes));
}

std::unexpected<Error> unreadable(const std::string& subject, std::string why) {
    return failure(make_error(Code::corrupt, "read credentials of", subject, std::move(why)));
}

}  // namespace

std::optional<Time> time_from(std::string_view text) {
    std::array<int, 6> parts{};
    constexpr std::string_view kBehind = "--T::";
    for (std::size_t at = 0; at < parts.size(); ++at) {
        const auto number = take_number(text, at == 0 ? 4 : 2);
        if (!number || (at < kBehind.size() && !take(text, kBehind[at]))) return std::nullopt;
        parts[at] = *number;
    }
    if (take(text, '.')) {
        while (!text.empty() && std::isdigit(static_cast<unsigned char>(text.front())) != 0)
            text.remove_prefix(1);
    }
    const auto offset = take_offset(text);
    const std::chrono::year_month_day day(std::chrono::year(parts[0]),
                                          std::chrono::month(static_cast<unsigned>(parts[1])),
                                          std::chrono::day(static_cast<unsigned>(parts[2])));
    if (!offset || !text.empty() || !day.ok() || parts[3] > 23 || parts[4] > 59 || parts[5] > 60)
        return std::nullopt;
    return std::chrono::sys_days(day) + std::chrono::hours(parts[3]) + std::chrono::minutes(parts[4]) +
           std::chrono::seconds(parts[5]) - *offset;
}

Result<Credentials> credentials_from(std::string_view text, const char* token, const std::string& subject) {
    const auto object = json::parse(text, subject);
    // What parsers say of a text may repeat some of it.
    if (!object || !object->is_object()) return unreadable(subject, "it gave no JSON object");
    const auto access = json::find_string(*object, "AccessKeyId", subject);
    const auto secret = json::find_string(*object, "SecretAccessKey", subject);
    if (!access || !secret || access->value_or("").empty() || secret->value_or("").empty())
        return unreadable(subject, "AccessKeyId or SecretAccessKey is missing");
    Credentials credentials{**access, **secret, ""};
    const auto session = json::find_string(*object, token, subject);
    const auto end = json::find_string(*object, "Expiration", subject);
    if (!session || !end) return unreadable(subject, "the session token or Expiration is no text");
    credentials.session_token = session->value_or("");
    if (*end && !end->value().empty()) {
        credentials.expires = time_from(**end);
        if (!credentials.expires) return unreadable(subject, "Expiration is no time");
    }
    return credentials;
}

}  // namespace haul::store::s3
