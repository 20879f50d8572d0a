// Who we are to the service, found as the AWS tools find it and renewed before it expires.
//
// Order: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN; web identity
// (AWS_WEB_IDENTITY_TOKEN_FILE with AWS_ROLE_ARN) through STS; the profile: role_arn with source_profile or
// credential_source (through STS AssumeRole), web_identity_token_file, static keys, credential_process;
// containers (AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, …_FULL_URI with AWS_CONTAINER_AUTHORIZATION_TOKEN or
// _FILE); the instance (IMDSv2, unless AWS_EC2_METADATA_DISABLED is true). Nothing found: anonymous is not
// tried; an error says what was looked at.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "http/client.h"
#include "store/s3/profile.h"

namespace haul::store::s3 {

struct Credentials {
    std::string access_key, secret_key, session_token;  // session_token may be empty
    std::optional<std::chrono::system_clock::time_point> expires = {};
};

// Thread-safe. One thread renews, five minutes before the end (sooner where they live shorter); others use
// the old ones meanwhile, unless they have expired: then they wait.
class CredentialSource {
  public:
    virtual ~CredentialSource() = default;
    // Code::denied with Retry::after_credentials and a remedy where there are none or renewing failed.
    [[nodiscard]] virtual Result<Credentials> get() = 0;
    // The service refused these (ExpiredToken, InvalidToken): the next get() renews.
    virtual void refuse(const Credentials& refused) = 0;
};

// `client` outlives the source. The region is that of STS calls. Secrets are in no error and no log.
[[nodiscard]] Result<std::unique_ptr<CredentialSource>> find_credentials(const Profile& profile,
                                                                         const std::string& region,
                                                                         http::Client& client);

}  // namespace haul::store::s3
