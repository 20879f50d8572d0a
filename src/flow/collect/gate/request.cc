#include "flow/collect/gate/request.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/number.h"
#include "base/text.h"

namespace haul::collect::gate {
namespace {

constexpr std::string_view kEnd = "\r\n";

// Of the connection to a proxy, not of the request (RFC 9110, 7.6.1).
constexpr std::array<std::string_view, 8> kOfConnection = {
    "connection", "proxy-connection", "keep-alive", "proxy-authorization", "proxy-authenticate",
    "te",         "upgrade",          "trailer"};

std::unexpected<Error> bad(std::string detail) {
    return failure(Code::corrupt, "read", "a request to the gate", std::move(detail));
}

// The text up to `end`, which is taken off; all of it where there is none.
std::string_view take_until(std::string_view& text, std::string_view end) {
    const std::size_t at = std::min(text.find(end), text.size());
    const std::string_view front = text.substr(0, at);
    text.remove_prefix(std::min(at + end.size(), text.size()));
    return front;
}

Status read_fields(std::string_view lines, Request& request) {
    while (!lines.empty()) {
        const std::string_view line = take_until(lines, kEnd);
        if (line.empty()) break;
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos || colon == 0) return bad("a header line without a name");
        const std::string name = text::lower(std::string(line.substr(0, colon)));
        const std::string_view value = text::trimmed(line.substr(colon + 1));
        if (name == "proxy-authorization") request.authorization = value;
        if (name == "transfer-encoding")
            return failure(Code::unsupported, "pass on", "a request", "its body has no length");
        if (name == "content-length") {
            const auto length = text::whole_number<std::uint64_t>(value);
            if (!length) return bad("a length that is no number");
            request.body = *length;
        }
        if (std::ranges::find(kOfConnection, name) == kOfConnection.end())
            request.fields.append(line).append(kEnd);
    }
    return {};
}

}  // namespace

Result<Request> read_request(std::string_view head) {
    std::string_view line = take_until(head, kEnd);
    const std::string_view method = take_until(line, " ");
    const std::string_view target = take_until(line, " ");
    if (method.empty() || target.empty() || !line.starts_with("HTTP/1.")) return bad("no HTTP/1.1");
    Request request;
    request.is_tunnel = method == "CONNECT";
    if (!request.is_tunnel) request.method = method;
    const bool is_of_proxy = request.is_tunnel || target.starts_with("http://");
    auto url = http::parse_url(request.is_tunnel ? fmt::format("https://{}", target) : std::string(target));
    if (!is_of_proxy || !url) return bad("no address of a host in it");
    request.url = *std::move(url);
    TRY(read_fields(head, request));
    return request;
}

std::string head_for_host(const Request& request) {
    return fmt::format("{} {} HTTP/1.1\r\n{}Connection: close\r\n\r\n", request.method, request.url.target,
                       request.fields);
}

std::string head_for_proxy(const Request& request, const std::string& authorization) {
    const std::string own =
        authorization.empty() ? "" : fmt::format("Proxy-Authorization: {}\r\n", authorization);
    if (request.is_tunnel)
        return fmt::format("CONNECT {0}:{1} HTTP/1.1\r\nHost: {0}:{1}\r\n{2}\r\n", request.url.host,
                           request.url.port, own);
    return fmt::format("{} {} HTTP/1.1\r\n{}{}Connection: close\r\n\r\n", request.method, request.url.text,
                       request.fields, own);
}

}  // namespace haul::collect::gate
