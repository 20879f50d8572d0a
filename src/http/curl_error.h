// libcurl's codes as our errors.
#pragma once

#include <curl/curl.h>

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/exchange.h"

namespace haul::http {

struct CurlFailure {
    CURLcode code = CURLE_OK;
    std::string_view text = {};  // CURLOPT_ERRORBUFFER
    int os_error = 0;            // CURLINFO_OS_ERRNO
    std::uint64_t received = 0;  // bytes of the body
    long proxy_status = 0;       // CURLINFO_HTTP_CONNECTCODE: of a proxy that was to open a tunnel
};
// Certificates are Code::denied, a URL without sense Code::usage, both never to be tried again; all else is
// Code::unavailable, Retry::later.
// So is a proxy that wants to know who we are (407).
[[nodiscard]] Error error_of(const CurlFailure& failure, const Request& request);
// An error of this request: names its method and its URL without query.
[[nodiscard]] Error request_error(Code code, const Request& request, std::string detail);
// "30 s", "50 ms"
[[nodiscard]] std::string span_text(std::chrono::milliseconds time);

}  // namespace haul::http
