// Hosts that are addresses already, in URLs. Pure.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <optional>
#include <string_view>

namespace haul::http {

struct LiteralAddress {
    sockaddr_storage storage{};
    [[nodiscard]] const sockaddr& as_socket_address() const {
        return reinterpret_cast<const sockaddr&>(storage);
    }
};

// Of a host in normal form (url.h): "127.0.0.1", "[fe80::1%25eth0]", "localhost" and what lies beneath it
// (RFC 6761). Nothing: a name that has to be looked up.
[[nodiscard]] std::optional<LiteralAddress> literal_address(std::string_view host);

}  // namespace haul::http
