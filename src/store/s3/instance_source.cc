// The role of an EC2 instance, from its metadata service, version 2 only ("Use IMDS", Amazon EC2 User Guide).
#include <fmt/format.h>

#include <utility>

#include "base/percent.h"
#include "store/endpoint.h"
#include "store/s3/credentials_text.h"
#include "store/s3/environment.h"
#include "store/s3/metadata.h"
#include "store/s3/sign.h"
#include "store/s3/source.h"

namespace haul::store::s3 {
namespace {

constexpr const char* kEndpoint = "AWS_EC2_METADATA_SERVICE_ENDPOINT";
constexpr const char* kRoles = "/latest/meta-data/iam/security-credentials/";

Result<Credentials> ask(const std::string& endpoint) {
    const std::string token = TRY(ask_nearby("PUT", endpoint + "/latest/api/token",
                                             {{"x-aws-ec2-metadata-token-ttl-seconds", "21600"}}));
    if (token.empty() || token.find_first_of("\r\n") != std::string::npos)
        return failure(Code::corrupt, "read token of", endpoint, "it is empty or has several lines");
    const std::vector<http::Header> headers = {{"x-aws-ec2-metadata-token", token}};
    const std::string roles = TRY(ask_nearby("GET", endpoint + kRoles, headers));
    const std::string role = roles.substr(0, roles.find_first_of("\r\n"));
    if (role.empty()) return failure(Code::denied, "read role of", endpoint, "the instance has none");
    const std::string text =
        TRY(ask_nearby("GET", endpoint + kRoles + text::percent_encoded(role, false), headers));
    return credentials_from(text, "Token", fmt::format("role {} of the instance", role));
}

}  // namespace

Result<std::optional<Source>> instance_source(const Profile& profile) {
    if (is_true("AWS_EC2_METADATA_DISABLED")) return std::nullopt;
    auto given = variable(kEndpoint);
    if (!given) given = profile.value(profile.name, "ec2_metadata_service_endpoint");
    const std::string endpoint = TRY(normal_endpoint(given.value_or("http://169.254.169.254"), kEndpoint));
    return Source{.name = fmt::format("instance metadata at {}", endpoint),
                  .fetch = [endpoint] { return ask(endpoint); }};
}

}  // namespace haul::store::s3
