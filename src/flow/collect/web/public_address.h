// Which addresses lie in the public internet (IANA's special-purpose registries, RFC 6890 and its updates,
// as of 2025). Pure.
#pragma once

#include <sys/socket.h>

#include <string_view>

namespace haul::collect {

// Why it does not: "loopback", "private". Empty: it does. IPv6 addresses that stand for an IPv4 address
// (mapped, NAT64, 6to4) are judged by that one.
[[nodiscard]] std::string_view not_public(const sockaddr& address);

}  // namespace haul::collect
