#include "http/url.h"

#include <curl/curl.h>

#include <algorithm>
#include <memory>

#include "base/number.h"
#include "base/percent.h"
#include "base/text.h"

namespace haul::http {
namespace {

using Handle = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;

std::string escaped(std::string_view text) {
    std::string out;
    for (const char& letter : text) {
        const bool plain = letter > 0x20 && letter < 0x7F;
        out += plain ? std::string(1, letter) : text::percent_encoded({&letter, 1}, false);
    }
    return out;
}

std::string part_of(CURLU* handle, CURLUPart part, unsigned flags = 0) {
    char* text = nullptr;
    if (curl_url_get(handle, part, &text, flags) != CURLUE_OK) return {};
    std::string copy = text;
    curl_free(text);
    return copy;
}

bool set(CURLU* handle, std::string_view text) {
    return curl_url_set(handle, CURLUPART_URL, escaped(text::trimmed(text)).c_str(), 0) == CURLUE_OK;
}

std::optional<Url> url_in(CURLU* handle) {
    curl_url_set(handle, CURLUPART_FRAGMENT, nullptr, 0);
    Url url;
    url.scheme = part_of(handle, CURLUPART_SCHEME);
    url.host = text::lower(part_of(handle, CURLUPART_HOST));
    url.port =
        text::whole_number<std::uint16_t>(part_of(handle, CURLUPART_PORT, CURLU_DEFAULT_PORT)).value_or(0);
    url.target = part_of(handle, CURLUPART_PATH);
    if (const std::string query = part_of(handle, CURLUPART_QUERY); !query.empty()) url.target += "?" + query;
    url.text = part_of(handle, CURLUPART_URL);
    const bool web = url.scheme == "http" || url.scheme == "https";
    if (!web || url.host.empty() || url.port == 0 || url.text.empty()) return std::nullopt;
    return url;
}

}  // namespace

std::string Url::authority() const {
    const bool usual = port == (scheme == "https" ? 443 : 80);
    return usual ? host : host + ":" + std::to_string(port);
}

std::string_view without_brackets(std::string_view host) {
    return host.starts_with('[') && host.ends_with(']') ? host.substr(1, host.size() - 2) : host;
}

std::optional<Url> parse_url(std::string_view text) {
    const Handle handle(curl_url(), &curl_url_cleanup);
    if (!handle || !set(handle.get(), text)) return std::nullopt;
    return url_in(handle.get());
}

std::optional<Url> resolve_url(const std::string& base, std::string_view reference) {
    const Handle handle(curl_url(), &curl_url_cleanup);
    if (!handle || !set(handle.get(), base) || !set(handle.get(), reference)) return std::nullopt;
    return url_in(handle.get());
}

}  // namespace haul::http
