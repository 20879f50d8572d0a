// One HTTP request and its answer: values that a Client (client.h) works on.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace haul::http {

struct Header {
    std::string name, value;
};

struct Answer {
    int status = 0;                    // 0: there was no whole answer
    std::vector<Header> headers = {};  // names in lower case
    std::string body = {};
    // The value of the first header of that (lower case) name; empty: none.
    [[nodiscard]] std::string_view header(std::string_view name) const;
};

// Takes a body piece by piece as it comes, whatever the status: first no byte, once the head is whole. True:
// go on; false: enough, the exchange ends well and its connection is given up; an error ends it with that.
using Take = std::function<Result<bool>(const Answer& head, std::span<const std::byte> bytes)>;

struct Request {
    std::string method = "GET";  // GET, HEAD, PUT, POST, DELETE
    std::string url;             // sent as it stands: callers escape it
    std::vector<Header> headers = {};
    std::span<const std::byte> body = {};  // the caller's; unchanged until the exchange is over
    // Where the body of a 200 or 206 goes: exactly this many bytes, fewer or more are Code::unavailable
    // ("body cut"). Empty: bodies go to Answer::body, as those of all other statuses do.
    std::span<std::byte> into = {};
    std::size_t body_limit = std::size_t{8} << 20U;  // of Answer::body; more is Code::corrupt
    // The service works before it answers (finishing an upload, copying): silence of up to 15 minutes is no
    // failure.
    bool computed = false;
    // Instead of `into` and Answer::body, for bodies of any length: called on the thread of perform().
    Take take = {};
    // Of the whole exchange once it is begun, however many bytes come: Code::timed_out. Zero: no limit.
    std::chrono::milliseconds longest{0};
};

// What to do about status 407: a proxy answered, before the service.
inline constexpr std::string_view kProxyLogin = "check user and password in http_proxy or https_proxy";

// Whether an answer of that status says that the service did not do its work now: 5xx, or too many requests.
[[nodiscard]] constexpr bool tells_of_failure(int status) { return status >= 500 || status == 429; }

// Filled by Client::perform. `result` is an error only where no whole answer came (connection, TLS, time,
// stop) or where a whole one is shorter than Request::into; then the answer's head is kept, so that the
// caller can see whether there is no more to be had. A status of 404 or 503 is an answer, which the caller
// judges.
struct Exchange {
    Request request = {};
    Answer answer = {};
    Status result = {};
    // libcurl sent it a second time, since the kept connection was closed before an answer came: the service
    // may have done the work the first time.
    bool repeated = false;
};

}  // namespace haul::http
