#include "http/address.h"

#include <algorithm>

namespace haul::http {
namespace {

struct Parts {
    std::string_view scheme, authority, rest;  // "http://", "host:80", "/path?query"
};

Parts parts_of(std::string_view url) {
    const auto mark = url.find("://");
    if (mark == std::string_view::npos) return {{}, {}, url};
    const std::string_view after = url.substr(mark + 3);
    const auto end = std::min(after.find_first_of("/?#"), after.size());
    std::string_view authority = after.substr(0, end);
    // The last @: a password may hold one.
    if (const auto at = authority.rfind('@'); at != std::string_view::npos) authority.remove_prefix(at + 1);
    return {url.substr(0, mark + 3), authority, after.substr(end)};
}

}  // namespace

std::string origin_of(std::string_view url) {
    const Parts parts = parts_of(url);
    std::string scheme(parts.scheme);
    std::ranges::transform(scheme, scheme.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
    if ((scheme != "http://" && scheme != "https://") || parts.authority.empty()) return {};
    return scheme.append(parts.authority);
}

std::string shown_url(std::string_view url) {
    const Parts parts = parts_of(url);
    std::string text(parts.scheme);
    text += parts.authority;
    text += parts.rest.substr(0, std::min(parts.rest.find_first_of("?#"), parts.rest.size()));
    return text;
}

}  // namespace haul::http
