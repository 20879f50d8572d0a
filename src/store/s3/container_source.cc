// Containers' credentials ("Container credential provider", AWS SDKs and Tools Reference Guide): ECS, EKS Pod
// Identity, Greengrass and whoever speaks the same.
#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/file.h"
#include "store/s3/credentials_text.h"
#include "store/s3/environment.h"
#include "store/s3/metadata.h"
#include "store/s3/source.h"

namespace haul::store::s3 {
namespace {

constexpr const char* kFull = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
constexpr const char* kRelative = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
constexpr std::uint64_t kTokenLimit = 64U << 10U;

std::unexpected<Error> no_sense(const char* name, std::string why) {
    return failure(make_error(Code::usage, "find credentials", name, std::move(why))
                       .with_remedy("correct what the environment says"));
}

// 127.0.0.0/8, written out.
bool is_loopback(std::string_view host) {
    if (!host.starts_with("127.")) return false;
    return std::ranges::all_of(host, [](char byte) { return byte == '.' || (byte >= '0' && byte <= '9'); });
}

// Whether a token may be sent there: over TLS, or to this machine only.
bool is_trusted(std::string_view url) {
    const bool clean = std::ranges::all_of(
        url, [](char byte) { return byte > ' ' && byte < '\x7f' && byte != '\\' && byte != '@'; });
    if (!clean) return false;
    if (url.starts_with("https://")) return true;
    if (!url.starts_with("http://")) return false;
    url.remove_prefix(7);
    std::string_view host = url.substr(0, url.find_first_of("/?#"));
    if (host.starts_with('[')) {
        host = host.substr(0, host.find(']') + 1);
    } else {
        host = host.substr(0, host.find(':'));
    }
    return is_loopback(host) || host == "localhost" || host == "[::1]" || host == "[fd00:ec2::23]" ||
           host == "169.254.170.2" || host == "169.254.170.23";
}

Result<std::string> token() {
    std::string text = variable("AWS_CONTAINER_AUTHORIZATION_TOKEN").value_or("");
    if (const auto path = variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")) {
        text = TRY(file::read_whole(*path, kTokenLimit));
        text.erase(text.find_last_not_of(" \t\r\n") + 1);
    }
    if (text.find_first_of("\r\n") != std::string::npos)
        return no_sense("AWS_CONTAINER_AUTHORIZATION_TOKEN", "it has a line break in it");
    return text;
}

Result<Credentials> ask(const std::string& url) {
    std::vector<http::Header> headers = {{"accept", "application/json"}};
    const std::string authorization = TRY(token());
    if (!authorization.empty()) headers.push_back({"authorization", authorization});
    return credentials_from(TRY(ask_nearby("GET", url, headers)), "Token", "the container's service");
}

}  // namespace

Result<std::optional<Source>> container_source() {
    std::string url;
    const char* name = kRelative;
    if (const auto relative = variable(kRelative)) {
        if (!relative->starts_with('/')) return no_sense(kRelative, "it does not begin with `/`");
        url = "http://169.254.170.2" + *relative;
    } else if (const auto full = variable(kFull)) {
        name = kFull;
        url = *full;
    } else {
        return std::nullopt;
    }
    if (!is_trusted(url))
        return no_sense(
            name,
            "it names neither https nor a host that is this machine's own (loopback, 169.254.170.2, "
            "169.254.170.23)");
    return Source{.name = name, .fetch = [url] { return ask(url); }};
}

}  // namespace haul::store::s3
