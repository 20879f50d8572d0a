// Heads of requests that a proxy gets and sends (RFC 9112, 3). Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/url.h"

namespace haul::collect::gate {

struct Request {
    bool is_tunnel = false;       // CONNECT
    http::Url url{};              // of a tunnel: the host and port, as https
    std::string method{};         // of all others
    std::string fields{};         // header lines, each with its end, without those that are meant for a proxy
    std::string authorization{};  // Proxy-Authorization; empty: none
    std::uint64_t body = 0;       // bytes that follow the head
};

// `head`: with the empty line at its end. Code::corrupt: no request of a proxy. Code::unsupported: a body
// whose length nobody knows.
[[nodiscard]] Result<Request> read_request(std::string_view head);

// As the host gets it: of a request that is no tunnel. Its connection ends with the answer.
[[nodiscard]] std::string head_for_host(const Request& request);
// As another proxy gets it. `authorization`: that proxy's; empty: none.
[[nodiscard]] std::string head_for_proxy(const Request& request, const std::string& authorization);

}  // namespace haul::collect::gate
