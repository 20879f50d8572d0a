#include "store/s3/sts.h"

#include <fmt/format.h>

#include <pugixml.hpp>
#include <span>
#include <utility>

#include "base/clock.h"
#include "base/percent.h"
#include "base/text.h"
#include "store/s3/credentials_text.h"
#include "store/s3/settings.h"
#include "store/s3/sign.h"

namespace haul::store::s3 {
namespace {

constexpr std::size_t kMostSaid = 500;  // bytes of the service's own words in an error

std::unexpected<Error> failed(Code code, const Role& role, std::string why) {
    return failure(make_error(code, "assume role", role.arn, std::move(why)));
}

std::string form(std::string_view action, const Role& role) {
    std::string body =
        fmt::format("Action={}&Version=2011-06-15&RoleArn={}&RoleSessionName={}", action,
                    text::percent_encoded(role.arn, false), text::percent_encoded(role.session_name, false));
    if (role.duration_seconds)
        body += "&DurationSeconds=" + text::percent_encoded(*role.duration_seconds, false);
    return body;
}

// "AccessDenied: User: … is not authorized to perform: sts:AssumeRole"
std::string said(const http::Answer& answer) {
    pugi::xml_document document;
    document.load_buffer(answer.body.data(), answer.body.size());
    const pugi::xml_node error = document.child("ErrorResponse").child("Error");
    const std::string text = fmt::format("{}: {}", error.child_value("Code"), error.child_value("Message"));
    return fmt::format("the service answered {}{}", answer.status,
                       text == ": " ? "" : ", " + text::printable(text.substr(0, kMostSaid)));
}

Result<Credentials> read(const http::Answer& answer, const std::string& result, const Role& role) {
    pugi::xml_document document;
    const auto parsed = document.load_buffer(answer.body.data(), answer.body.size());
    const pugi::xml_node node =
        document.child((result + "Response").c_str()).child((result + "Result").c_str()).child("Credentials");
    Credentials credentials{node.child_value("AccessKeyId"), node.child_value("SecretAccessKey"),
                            node.child_value("SessionToken"), time_from(node.child_value("Expiration"))};
    const bool whole = parsed && !credentials.access_key.empty() && !credentials.secret_key.empty() &&
                       !credentials.session_token.empty() && credentials.expires;
    if (!whole) return failed(Code::corrupt, role, "the service's answer has no credentials in it");
    return credentials;
}

Result<Credentials> ask(const Network& network, const std::string& endpoint, const std::string& action,
                        const Role& role, const std::string& body, const Credentials* caller) {
    http::Exchange exchange;
    exchange.request = {.method = "POST",
                        .url = endpoint + "/",
                        .headers = {{"content-type", "application/x-www-form-urlencoded; charset=utf-8"}},
                        .body = std::as_bytes(std::span(body))};
    const Signer signer(network.region, "sts");
    network.client->perform(
        exchange,
        [&](http::Request& request) -> Status {
            using Clock = std::chrono::system_clock;
            const auto now = Clock::time_point(std::chrono::duration_cast<Clock::duration>(clock::wall()));
            if (caller != nullptr) signer.sign(request, *caller, now);
            return {};
        },
        {});
    if (!exchange.result) return failure(Error(exchange.result.error()).within("assume role", role.arn));
    const int status = exchange.answer.status;
    if (status != 200)
        return failed(status >= 500 ? Code::unavailable : Code::denied, role, said(exchange.answer));
    return read(exchange.answer, action, role);
}

}  // namespace

Result<std::string> sts_endpoint(const Profile& profile, const std::string& region) {
    const auto named = TRY(named_endpoint(profile, "sts"));
    return named.value_or(
        fmt::format("https://sts.{}.amazonaws.com{}", region, region.starts_with("cn-") ? ".cn" : ""));
}

Result<Credentials> assume_role(const Network& network, const std::string& endpoint, const Role& role,
                                const Credentials& caller) {
    std::string body = form("AssumeRole", role);
    if (role.external_id) body += "&ExternalId=" + text::percent_encoded(*role.external_id, false);
    return ask(network, endpoint, "AssumeRole", role, body, &caller);
}

Result<Credentials> assume_role_with_token(const Network& network, const std::string& endpoint,
                                           const Role& role, const std::string& token) {
    const std::string body =
        form("AssumeRoleWithWebIdentity", role) + "&WebIdentityToken=" + text::percent_encoded(token, false);
    return ask(network, endpoint, "AssumeRoleWithWebIdentity", role, body, nullptr);
}

}  // namespace haul::store::s3
