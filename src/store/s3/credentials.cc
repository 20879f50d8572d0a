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

}  // namespace

Result<std::unique_ptr<CredentialSource>> find_credentials(const Profile& profile, const std::string& region,
                                                           http::Client& client) {
    std::vector<std::string> looked;
    static_cast<void>(region);
    static_cast<void>(client);
    auto source = TRY(environment_source());
    looked.emplace_back("AWS_ACCESS_KEY_ID");
    if (!source) {
        source = TRY(static_source(profile, profile.name));
        looked.push_back(
            fmt::format("profile {} of {} and {}", profile.name, credentials_path(), config_path()));
    }
    if (!source) return failure(nothing_found(looked));
    return std::make_unique<Renewed>(*std::move(source));
}

}  // namespace haul::store::s3
