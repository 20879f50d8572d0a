// A role for a token that an identity provider put into a file (EKS and others).
#include <fmt/format.h>

#include <utility>

#include "base/file.h"
#include "store/s3/environment.h"
#include "store/s3/source.h"
#include "store/s3/sts.h"

namespace haul::store::s3 {
namespace {

constexpr std::uint64_t kLimit = 64U << 10U;  // of the token, in bytes

Source role_for_token(const Network& network, std::string name, std::string endpoint, Role role,
                      std::string path) {
    return {.name = std::move(name),
            .fetch = [network, endpoint = std::move(endpoint), role = std::move(role),
                      path = std::move(path)]() -> Result<Credentials> {
                // Read each time: the provider renews it.
                std::string token = TRY(file::read_whole(at_home(path), kLimit));
                token.erase(token.find_last_not_of(" \t\r\n") + 1);
                return assume_role_with_token(network, endpoint, role, token);
            }};
}

}  // namespace

Result<std::optional<Source>> web_identity_environment_source(const Profile& profile,
                                                              const Network& network) {
    const auto path = variable("AWS_WEB_IDENTITY_TOKEN_FILE");
    const auto arn = variable("AWS_ROLE_ARN");
    if (!path) return std::nullopt;
    if (!arn) {
        return failure(make_error(Code::usage, "find credentials", "environment",
                                  "AWS_WEB_IDENTITY_TOKEN_FILE is set, and AWS_ROLE_ARN is not")
                           .with_remedy("set both or none"));
    }
    const Role role{.arn = *arn, .session_name = variable("AWS_ROLE_SESSION_NAME").value_or("haul")};
    return role_for_token(network, "AWS_WEB_IDENTITY_TOKEN_FILE", TRY(sts_endpoint(profile, network.region)),
                          role, *path);
}

Result<std::optional<Source>> web_identity_profile_source(const Profile& profile, const std::string& name,
                                                          const Network& network) {
    const auto path = profile.value(name, "web_identity_token_file");
    const auto arn = profile.value(name, "role_arn");
    if (!path || !arn) return std::nullopt;
    const Role role{.arn = *arn,
                    .session_name = profile.value(name, "role_session_name").value_or("haul"),
                    .external_id = std::nullopt,
                    .duration_seconds = profile.value(name, "duration_seconds")};
    return role_for_token(network, fmt::format("web_identity_token_file of profile {}", name),
                          TRY(sts_endpoint(profile, network.region)), role, *path);
}

}  // namespace haul::store::s3
