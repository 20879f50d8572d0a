#include "store/s3/sign.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "base/text.h"
#include "store/s3/hmac.h"

namespace haul::store::s3 {
namespace {

constexpr std::string_view kHost = "host", kDate = "x-amz-date", kToken = "x-amz-security-token",
                           kPayload = "x-amz-content-sha256", kAuthorization = "authorization";
constexpr std::array<std::string_view, 3> kUnsigned = {"user-agent", "expect", "content-length"};

// "host:port" as it goes into the Host header, path and query of a URL.
struct Url {
    std::string_view host, path, query;
};

Url parts_of(std::string_view url) {
    const bool plain = url.starts_with("http:");
    url.remove_prefix(std::min(url.find("://"), url.size() - 3) + 3);
    const std::size_t mark = std::min(url.find('?'), url.size());
    const std::size_t slash = std::min(url.find('/'), mark);
    Url parts{.host = url.substr(0, slash),
              .path = url.substr(slash, mark - slash),
              .query = url.substr(std::min(mark + 1, url.size()))};
    // The port that goes without saying is not said.
    const std::string_view usual = plain ? ":80" : ":443";
    if (parts.host.ends_with(usual)) parts.host.remove_suffix(usual.size());
    if (parts.path.empty()) parts.path = "/";
    return parts;
}

bool same_name(std::string_view name, std::string_view lower_name) {
    return std::ranges::equal(name, lower_name, [](char left, char right) {
        return std::tolower(static_cast<unsigned char>(left)) == right;
    });
}

void remove(std::vector<http::Header>& headers, std::string_view name) {
    std::erase_if(headers, [name](const http::Header& header) { return same_name(header.name, name); });
}

void set(std::vector<http::Header>& headers, std::string_view name, std::string value) {
    remove(headers, name);
    headers.push_back({std::string(name), std::move(value)});
}

// Without spaces around, and with one where several follow each other.
void append_trimmed(std::string& to, std::string_view value) {
    bool space = false, begun = false;
    for (const char byte : value) {
        if (byte == ' ' || byte == '\t') {
            space = begun;
            continue;
        }
        if (space) to += ' ';
        to += byte;
        space = false;
        begun = true;
    }
}

struct Signed {
    std::string lines, names;  // "host:…\nx-amz-date:…\n" and "host;x-amz-date"
};

Signed canonical_headers(const std::vector<http::Header>& headers) {
    std::vector<std::pair<std::string, const http::Header*>> sorted;
    sorted.reserve(headers.size());
    for (const http::Header& header : headers) {
        std::string name = text::lower(header.name);
        if (std::ranges::find(kUnsigned, name) == kUnsigned.end())
            sorted.emplace_back(std::move(name), &header);
    }
    std::ranges::stable_sort(sorted, {}, [](const auto& entry) -> const std::string& { return entry.first; });
    Signed result;
    result.lines.reserve(512);
    result.names.reserve(128);
    for (std::size_t at = 0; at < sorted.size(); ++at) {
        const auto& [name, header] = sorted[at];
        if (at > 0 && sorted[at - 1].first == name) {
            result.lines.back() = ',';  // headers of one name are one line
        } else {
            if (at > 0) result.names += ';';
            result.names += name;
            result.lines.append(name) += ':';
        }
        append_trimmed(result.lines, header->value);
        result.lines += '\n';
    }
    return result;
}

// "20130524T000000Z"
std::string time_text(std::chrono::system_clock::time_point now) {
    const auto day = std::chrono::floor<std::chrono::days>(now);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(now - day));
    return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       time.hours().count(), time.minutes().count(), time.seconds().count());
}

std::string_view value_of(const std::vector<http::Header>& headers, std::string_view name) {
    const auto found =
        std::ranges::find_if(headers, [name](const auto& header) { return same_name(header.name, name); });
    return found == headers.end() ? std::string_view() : std::string_view(found->value);
}

}  // namespace

Mac Signer::key_of(const std::string& secret, std::string_view date) const {
    const std::scoped_lock lock(mutex_);
    if (day_ != date || secret_ != secret) {
        const Mac day = hmac("AWS4" + secret, date);
        const Mac region = hmac(view(day), region_);
        const Mac service = hmac(view(region), service_);
        key_ = hmac(view(service), "aws4_request");
        day_ = date;
        secret_ = secret;
    }
    return key_;
}

void Signer::sign(http::Request& request, const Credentials& credentials,
                  std::chrono::system_clock::time_point now) const {
    const Url url = parts_of(request.url);
    const std::string time = time_text(now);
    const std::string_view date = std::string_view(time).substr(0, 8);
    remove(request.headers, kAuthorization);
    remove(request.headers, kToken);
    set(request.headers, kHost, std::string(url.host));
    set(request.headers, kDate, time);
    if (!credentials.session_token.empty())
        request.headers.push_back({std::string(kToken), credentials.session_token});
    std::string payload;
    if (service_ == "s3") {
        payload = value_of(request.headers, kPayload);
        if (payload.empty()) set(request.headers, kPayload, payload = "UNSIGNED-PAYLOAD");
    } else {
        payload =
            digest::sha256_hex({reinterpret_cast<const char*>(request.body.data()), request.body.size()});
    }

    const Signed headers = canonical_headers(request.headers);
    const std::string canonical = fmt::format("{}\n{}\n{}\n{}\n{}\n{}", request.method, url.path, url.query,
                                              headers.lines, headers.names, payload);
    const std::string scope = fmt::format("{}/{}/{}/aws4_request", date, region_, service_);
    const std::string to_sign =
        fmt::format("AWS4-HMAC-SHA256\n{}\n{}\n{}", time, scope, digest::sha256_hex(canonical));
    const Mac signature = hmac(view(key_of(credentials.secret_key, date)), to_sign);
    request.headers.push_back(
        {std::string(kAuthorization),
         fmt::format("AWS4-HMAC-SHA256 Credential={}/{}, SignedHeaders={}, Signature={}",
                     credentials.access_key, scope, headers.names,
                     text::hex(std::as_bytes(std::span(signature))))});
}

bool is_signed_by(const http::Request& request, const Credentials& credentials) {
    return value_of(request.headers, kAuthorization)
               .contains(fmt::format(" Credential={}/", credentials.access_key)) &&
           value_of(request.headers, kToken) == credentials.session_token;
}

}  // namespace haul::store::s3
