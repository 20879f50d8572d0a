// Who we are to the service, found as the AWS tools find it and renewed before it expires.
//
// Order: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN; web identity
// (AWS_WEB_IDENTITY_TOKEN_FILE with AWS_ROLE_ARN) through STS; the profile: role_arn with source_profile or
// credential_source (through STS AssumeRole) or web_identity_token_file, static keys, credential_process;
// containers (AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, …_FULL_URI with AWS_CONTAINER_AUTHORIZATION_TOKEN or
// _FILE); the instance (IMDSv2, unless AWS_EC2_METADATA_DISABLED is true). The first that is configured is
// used, whether it works or not. Nothing found: anonymous is not tried; an error says what was looked at.
// docs/s3.md tells users.
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
// the old ones meanwhile, unless they have expired: then they wait. Where renewing fails they are kept as
// long as they are good, and it is tried again after a minute.
class CredentialSource {
  public:
    virtual ~CredentialSource() = default;
    // Code::denied with Retry::after_credentials and a remedy where there are none or renewing failed; the
    // same error for the next ten seconds, so that a crowd of callers asks once. May take as long as a
    // program of the user (two minutes) or a service takes to answer.
    [[nodiscard]] virtual Result<Credentials> get() = 0;
    // The service refused these (ExpiredToken, InvalidToken): the next get() renews. Where the source has no
    // others, that is the error for half a minute; then they are given once more.
    virtual void refuse(const Credentials& refused) = 0;
};

// `client` outlives the source. The region is that of STS calls. Secrets are in no error and no log. Nothing
// is asked over the network yet. Code::usage or unsupported, with a remedy, where what is configured makes no
// sense or is not supported; Code::denied where nothing is configured.
[[nodiscard]] Result<std::unique_ptr<CredentialSource>> find_credentials(const Profile& profile,
                                                                         const std::string& region,
                                                                         http::Client& client);

}  // namespace haul::store::s3
