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

bool is_at_hand(std::string_view url) {
    const std::string origin = origin_of(url);
    const std::string_view host =
        std::string_view(origin).substr(std::min(origin.size(), origin.find("://") + 3));
    const auto is = [&](std::string_view name) {
        return host.starts_with(name) && (host.size() == name.size() || host[name.size()] == ':');
    };
    const bool numbers = host.find_first_not_of("0123456789.:") == std::string_view::npos;
    const bool near_number = numbers && (host.starts_with("127.") || host.starts_with("169.254."));
    return near_number || is("localhost") || is("[::1]") || is("[fd00:ec2::254]");
}

}  // namespace haul::http
