// The Security Token Service: credentials of a role, for other credentials or for a token of an identity
// provider ("AssumeRole", "AssumeRoleWithWebIdentity", AWS STS API Reference, version 2011-06-15).
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "store/s3/credentials.h"
#include "store/s3/profile.h"
#include "store/s3/source.h"

namespace haul::store::s3 {

struct Role {
    std::string arn, session_name = "haul";
    std::optional<std::string> external_id = {}, duration_seconds = {};
};

// AWS_ENDPOINT_URL_STS, AWS_ENDPOINT_URL, the profile's (as for S3, settings.h), else the region's own.
[[nodiscard]] Result<std::string> sts_endpoint(const Profile& profile, const std::string& region);

// Errors say what the service said. `endpoint` has no slash at the end. Thread-safe.
[[nodiscard]] Result<Credentials> assume_role(const Network& network, const std::string& endpoint,
                                              const Role& role, const Credentials& caller);
[[nodiscard]] Result<Credentials> assume_role_with_token(const Network& network, const std::string& endpoint,
                                                         const Role& role, const std::string& token);

}  // namespace haul::store::s3
