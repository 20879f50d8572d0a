#include "http/proxy.h"

#include <algorithm>
#include <cstdlib>
#include <initializer_list>

#include "base/text.h"
#include "http/address.h"

namespace haul::http {
namespace {

// Of the first that is set; capital letters for http alone would be a header of a CGI request ("Proxy:").
std::string_view first_set(std::initializer_list<const char*> names) {
    for (const char* name : names)
        if (const char* value = std::getenv(name); value && *value) return value;
    return {};
}

bool same_or_beneath(std::string_view host, std::string_view name) {
    if (name.starts_with('.')) name.remove_prefix(1);
    if (name.empty() || !host.ends_with(name)) return false;
    return host.size() == name.size() || host[host.size() - name.size() - 1] == '.';
}

bool is_excepted(std::string_view host) {
    host = without_brackets(host);
    const std::string list = text::lower(first_set({"no_proxy", "NO_PROXY"}));
    std::string_view rest = list;
    if (rest == "*") return true;
    while (!rest.empty()) {
        const auto end = std::min(rest.find_first_of(", "), rest.size());
        if (same_or_beneath(host, rest.substr(0, end))) return true;
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return false;
}

}  // namespace

std::string proxy_for(const Url& url) {
    if (is_at_hand(url.text) || is_excepted(url.host)) return {};
    std::string_view proxy =
        url.scheme == "https" ? first_set({"https_proxy", "HTTPS_PROXY"}) : first_set({"http_proxy"});
    if (proxy.empty()) proxy = first_set({"all_proxy", "ALL_PROXY"});
    return std::string(proxy);
}

}  // namespace haul::http
