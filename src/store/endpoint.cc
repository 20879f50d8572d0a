#include "store/endpoint.h"

#include <algorithm>
#include <cctype>

namespace haul::store {
namespace {

std::unexpected<Error> no_endpoint(std::string_view where, std::string why) {
    return failure(make_error(Code::usage, "read endpoint", std::string(where), std::move(why))
                       .with_remedy("give a URL like https://host:9000"));
}

void lower(std::string& text, std::size_t end) {
    for (std::size_t at = 0; at < end; ++at) {
        text[at] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[at])));
    }
}

}  // namespace

Result<std::string> normal_endpoint(std::string_view text, std::string_view where) {
    std::string url(text);
    const std::size_t scheme = url.find("://");
    if (scheme == std::string::npos) return no_endpoint(where, "the endpoint is no http or https URL");
    const std::size_t host = scheme + 3;
    while (url.size() > host && url.ends_with('/')) url.pop_back();
    const std::size_t path = std::min(url.find('/', host), url.size());
    lower(url, path);
    if (!url.starts_with("http://") && !url.starts_with("https://"))
        return no_endpoint(where, "the endpoint is no http or https URL");
    if (url.find('@') != std::string::npos) return no_endpoint(where, "the endpoint has a user in it");
    if (path == host || url[host] == ':') return no_endpoint(where, "the endpoint names no host");
    const bool clean = std::ranges::all_of(url, [](char byte) {
        return byte > ' ' && byte < '\x7f' &&
               std::string_view("?#\"<>\\^`{|}").find(byte) == std::string::npos;
    });
    if (!clean) return no_endpoint(where, "the endpoint has bytes in it that no URL of a service has");
    return url;
}

}  // namespace haul::store
