// URLs taken apart and put together (RFC 3986) by libcurl's own parser, so that what is looked at is what is
// connected to. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace haul::http {

struct Url {
    std::string text{};    // in normal form, without fragment: what may be sent as Request::url
    std::string scheme{};  // "http" or "https"
    std::string host{};    // lower case; numbers in any form as "127.0.0.1", "[::1]"
    std::uint16_t port = 0;
    std::string target{};  // path and query: "/a?b=c"

    // "host", or "host:port" where the port is not the scheme's.
    [[nodiscard]] std::string authority() const;
};

// Bytes that may not stand in a URL, such as blanks, are escaped first: pages are full of them. Nothing: no
// http or https URL with a host.
[[nodiscard]] std::optional<Url> parse_url(std::string_view text);
// Of a host as Url has it, what resolvers and lists of names take: "[::1]" without its brackets.
[[nodiscard]] std::string_view without_brackets(std::string_view host);
// A reference as it stands in a document or a Location, seen from the document's URL.
[[nodiscard]] std::optional<Url> resolve_url(const std::string& base, std::string_view reference);

}  // namespace haul::http
