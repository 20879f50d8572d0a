#include "flow/collect/gate/upstream.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/percent.h"
#include "base/text.h"
#include "http/url.h"

namespace haul::collect::gate {
namespace {

constexpr std::uint16_t kUsualPort = 1080;
constexpr std::uint16_t kPortOfHttp = 80;

// Password and user are percent-encoded in it, and not in the header.
std::string authorization_of(std::string_view user_and_password) {
    if (user_and_password.empty()) return {};
    const auto decoded = text::percent_decoded(user_and_password);
    return "Basic " + text::base64(decoded.value_or(std::string(user_and_password)));
}

}  // namespace

Result<Upstream> read_upstream(const std::string& address) {
    std::string_view rest = address;
    const std::size_t scheme = rest.find("://");
    if (scheme != std::string_view::npos && text::lower(rest.substr(0, scheme)) != "http")
        return failure(make_error(Code::unsupported, "ask by", "the proxy of the environment",
                                  "only proxies of http are known here")
                           .with_remedy("name one in http_proxy and https_proxy"));
    if (scheme != std::string_view::npos) rest.remove_prefix(scheme + 3);
    rest = rest.substr(0, std::min(rest.find('/'), rest.size()));
    const std::size_t at = rest.rfind('@');
    const std::string_view user = at == std::string_view::npos ? std::string_view() : rest.substr(0, at);
    if (at != std::string_view::npos) rest.remove_prefix(at + 1);
    const auto url = http::parse_url("http://" + std::string(rest) + "/");
    if (!url)
        return failure(Code::corrupt, "ask by", "the proxy of the environment", "it is no address of a host");
    const bool has_port = url->port != kPortOfHttp || rest.ends_with(":80");
    return Upstream{.host = url->host,
                    .port = has_port ? url->port : kUsualPort,
                    .authorization = authorization_of(user)};
}

}  // namespace haul::collect::gate
