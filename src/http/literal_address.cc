#include "http/literal_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <string>

#include "http/url.h"

namespace haul::http {

std::optional<LiteralAddress> literal_address(std::string_view host) {
    if (host.ends_with('.')) host.remove_suffix(1);
    if (host == "localhost" || host.ends_with(".localhost")) host = "127.0.0.1";
    LiteralAddress address;
    auto& four = reinterpret_cast<sockaddr_in&>(address.storage);
    if (::inet_pton(AF_INET, std::string(host).c_str(), &four.sin_addr) == 1) {
        four.sin_family = AF_INET;
        return address;
    }
    const std::string_view inside = without_brackets(host);
    if (inside == host) return std::nullopt;
    host = inside.substr(0, std::min(inside.find('%'), inside.size()));  // without its zone
    auto& six = reinterpret_cast<sockaddr_in6&>(address.storage);
    if (::inet_pton(AF_INET6, std::string(host).c_str(), &six.sin6_addr) != 1) return std::nullopt;
    six.sin6_family = AF_INET6;
    return address;
}

}  // namespace haul::http
