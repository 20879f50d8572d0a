// Which proxy the environment names for a URL, for clients that have to know whether one stands between:
// libcurl 7.88 cannot be asked.
#pragma once

#include <string>
#include <string_view>

#include "http/url.h"

namespace haul::http {

// By http_proxy, https_proxy, all_proxy and no_proxy as libcurl reads them, but that no_proxy's networks
// ("10.0.0.0/8") are not looked at: what lies there goes to the proxy. Empty: none; what is at hand
// (address.h) never has one.
[[nodiscard]] std::string proxy_for(const Url& url);

}  // namespace haul::http
