#include "store/s3/metadata.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "http/client.h"

namespace haul::store::s3 {
namespace {

constexpr std::chrono::milliseconds kTimeout{1000};
constexpr int kAttempts = 2;

}  // namespace

Result<std::string> ask_nearby(const std::string& method, const std::string& url,
                               const std::vector<http::Header>& headers) {
    http::Client client({.connections = 1, .connect_timeout = kTimeout, .silence = kTimeout});
    for (int attempt = 1;; ++attempt) {
        http::Exchange exchange;
        exchange.request = {.method = method, .url = url, .headers = headers};
        client.perform(exchange, [](http::Request&) -> Status { return {}; }, {});
        const int status = exchange.answer.status;
        if (exchange.result && status == 200) return std::move(exchange.answer.body);
        const bool again = attempt < kAttempts && (!exchange.result || status >= 500);
        if (again) continue;
        if (!exchange.result) return failure(std::move(exchange.result).error());
        return failure(make_error(status >= 500 ? Code::unavailable : Code::denied, method,
                                  url.substr(0, url.find('?')), fmt::format("the answer is {}", status)));
    }
}

}  // namespace haul::store::s3
