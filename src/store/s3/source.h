// One way to get credentials, without memory: what Renewed (renewed.h) asks whenever it needs new ones.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/result.h"
#include "http/client.h"
#include "store/s3/credentials.h"
#include "store/s3/profile.h"

namespace haul::store::s3 {

struct Source {
    std::string name;  // for errors: "AWS_ACCESS_KEY_ID", "profile x"
    // Called by one thread at a time. Errors are in the words of what failed; codes are Renewed's business.
    std::function<Result<Credentials>()> fetch;
};

// What sources that ask over the network need; both outlive them.
struct Network {
    std::string region;  // of STS
    http::Client* client = nullptr;
};

// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN; nothing where the first two are not set,
// Code::usage where one of them is.
[[nodiscard]] Result<std::optional<Source>> environment_source();
// Keys that stand in a profile of the AWS tools' files, which are read again at each fetch: the user may have
// put new ones there.
[[nodiscard]] Result<std::optional<Source>> static_source(const Profile& profile, const std::string& name);

}  // namespace haul::store::s3
