#include "store/s3/credentials.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <optional>
#include <utility>
#include <vector>

#include "store/s3/renewed.h"
#include "store/s3/source.h"

namespace haul::store::s3 {
namespace {

Error nothing_found(const std::vector<std::string>& looked) {
    Error error = make_error(Code::denied, "find credentials", "for S3",
                             fmt::format("there are none; looked at {}", fmt::join(looked, ", ")));
    error.retry = Retry::after_credentials;
    error.remedy = "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or run `aws configure`";
    return error;
}

// Whether this is an instance shows only when its service is asked: where it is not, nothing was found.
Source last_resort(Source instance, std::vector<std::string> looked) {
    looked.push_back(instance.name);
    return {
        .name = instance.name,
        .fetch = [fetch = std::move(instance.fetch), looked = std::move(looked)]() -> Result<Credentials> {
            auto credentials = fetch();
            if (credentials) return credentials;
            Error error = nothing_found(looked);
            error.cause = std::make_shared<const Error>(std::move(credentials).error());
            return failure(std::move(error));
        }};
}

Result<Source> find(const Profile& profile, const Network& network) {
    std::vector<std::string> looked = {"AWS_ACCESS_KEY_ID"};
    if (auto source = TRY(environment_source())) return *std::move(source);
    looked.emplace_back("AWS_WEB_IDENTITY_TOKEN_FILE");
    if (auto source = TRY(web_identity_environment_source(profile, network))) return *std::move(source);
    looked.push_back(fmt::format("{} and {} [{}]", credentials_path(), config_path(), profile.name));
    if (auto source = TRY(profile_source(profile, profile.name, network))) return *std::move(source);
    looked.emplace_back("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI and _FULL_URI");
    if (auto source = TRY(container_source())) return *std::move(source);
    if (auto source = TRY(instance_source(profile)))
        return last_resort(*std::move(source), std::move(looked));
    looked.emplace_back("no instance metadata (AWS_EC2_METADATA_DISABLED)");
    return failure(nothing_found(looked));
}

}  // namespace

Result<std::unique_ptr<CredentialSource>> find_credentials(const Profile& profile, const std::string& region,
                                                           http::Client& client) {
    return std::make_unique<Renewed>(TRY(find(profile, {.region = region, .client = &client})));
}

}  // namespace haul::store::s3
