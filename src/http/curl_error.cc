#include "http/curl_error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "http/address.h"
#include "http/url.h"

namespace haul::http {
namespace {

std::string reason(const CurlFailure& failure) {
    // The number of another request may still stand there, but not where connecting failed.
    if (failure.code == CURLE_COULDNT_CONNECT && failure.os_error != 0) {
        char buffer[128];
        return ::strerror_r(failure.os_error, buffer, sizeof buffer);
    }
    return std::string(failure.text.empty() ? curl_easy_strerror(failure.code) : failure.text);
}

// Whether libcurl's words are of another host than the URL's: that of a proxy, which they alone name.
bool is_of_proxy(std::string_view text, const Request& request) {
    const std::string origin = origin_of(request.url);
    std::string_view host = std::string_view(origin).substr(origin.find("://") + 3);
    host = host.substr(0, std::min(host.rfind(':'), host.size()));
    return !text.empty() && !text.contains(without_brackets(host));
}

Error connection_error(const CurlFailure& failure, const Request& request) {
    Error error =
        request_error(Code::unavailable, request, fmt::format("could not connect: {}", reason(failure)));
    if (failure.code == CURLE_COULDNT_CONNECT) error.os_error = failure.os_error;
    if (failure.code == CURLE_COULDNT_CONNECT && is_of_proxy(failure.text, request)) {
        error.detail += fmt::format(" ({})", failure.text);
        return std::move(error).with_remedy("check that the proxy runs that http_proxy or https_proxy names");
    }
    error.remedy = "Check that the service runs at this address and that no firewall is between.";
    return error;
}

Error certificate_error(const CurlFailure& failure, const Request& request) {
    return request_error(Code::denied, request,
                         fmt::format("the server's certificate is not trusted: {}", reason(failure)))
        .with_remedy("Name the file of the authority that signed it (PEM), or use the name it was made for.");
}

Error lost_error(const CurlFailure& failure, const Request& request) {
    std::string text = failure.code == CURLE_GOT_NOTHING
                           ? "the connection was closed before an answer came"
                           : fmt::format("the connection was lost: {}", reason(failure));
    if (failure.received > 0) text += fmt::format(" (body cut after {} bytes)", failure.received);
    return request_error(Code::unavailable, request, std::move(text));
}

}  // namespace

Error request_error(Code code, const Request& request, std::string detail) {
    return make_error(code, request.method, shown_url(request.url), std::move(detail));
}

std::string span_text(std::chrono::milliseconds time) {
    return time.count() % 1000 == 0 ? fmt::format("{} s", time.count() / 1000)
                                    : fmt::format("{} ms", time.count());
}

Error error_of(const CurlFailure& failure, const Request& request) {
    if (failure.proxy_status == 407)
        return request_error(Code::denied, request, "the proxy answered 407: it wants user and password")
            .with_remedy(std::string(kProxyLogin));
    switch (failure.code) {
        case CURLE_COULDNT_RESOLVE_HOST:
        case CURLE_COULDNT_RESOLVE_PROXY:
            return request_error(Code::unavailable, request, "the host's name was not found (DNS)")
                .with_remedy("Check the spelling of the address and this machine's name resolution.");
        case CURLE_COULDNT_CONNECT:
        case CURLE_OPERATION_TIMEDOUT:  // only connecting has a time limit in libcurl
            return connection_error(failure, request);
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_SSL_CERTPROBLEM:
        case CURLE_SSL_ISSUER_ERROR:
        case CURLE_SSL_CRL_BADFILE:
        case CURLE_SSL_INVALIDCERTSTATUS:
            return certificate_error(failure, request);
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_USE_SSL_FAILED:
            return request_error(Code::unavailable, request, fmt::format("no TLS: {}", reason(failure)))
                .with_remedy("Check that the service speaks https at this port.");
        case CURLE_PARTIAL_FILE:
            return request_error(Code::unavailable, request,
                                 fmt::format("body cut after {} bytes", failure.received));
        case CURLE_URL_MALFORMAT:
            return request_error(Code::usage, request, "the URL makes no sense");
        case CURLE_UNSUPPORTED_PROTOCOL:  // our URLs are http or https: this is an answer without status line
        case CURLE_WEIRD_SERVER_REPLY:
            return request_error(Code::unavailable, request, "the answer is not HTTP");
        case CURLE_GOT_NOTHING:
        case CURLE_RECV_ERROR:
        case CURLE_SEND_ERROR:
            return lost_error(failure, request);
        default:
            return request_error(Code::unavailable, request, reason(failure));
    }
}

}  // namespace haul::http
