// Credentials that stand somewhere in plain text: the environment and the AWS tools' files.
#include <fmt/format.h>

#include <utility>

#include "store/s3/environment.h"
#include "store/s3/source.h"

namespace haul::store::s3 {
namespace {

constexpr const char* kFind = "find credentials";

// Both files' keys are not mixed: an access key and its secret stand in one of them.
std::optional<Section> section_with_keys(const Profile& profile, const std::string& name) {
    for (const auto* file : {&profile.credentials, &profile.config}) {
        const auto section = file->find(name);
        if (section == file->end()) continue;
        if (section->second.contains("aws_access_key_id") ||
            section->second.contains("aws_secret_access_key"))
            return section->second;
    }
    return std::nullopt;
}

Result<Credentials> keys_of(Section section, const std::string& name) {
    Credentials credentials{section["aws_access_key_id"], section["aws_secret_access_key"],
                            section["aws_session_token"]};
    if (!credentials.access_key.empty() && !credentials.secret_key.empty()) return credentials;
    return failure(make_error(Code::usage, kFind, fmt::format("profile {}", name),
                              "it has only one of aws_access_key_id and aws_secret_access_key")
                       .with_remedy("put both into the profile, or run `aws configure`"));
}

}  // namespace

Result<std::optional<Source>> environment_source() {
    const auto access = variable("AWS_ACCESS_KEY_ID");
    const auto secret = variable("AWS_SECRET_ACCESS_KEY");
    if (!access && !secret) return std::nullopt;
    if (!access || !secret) {
        return failure(make_error(Code::usage, kFind, "environment",
                                  "only one of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY is set")
                           .with_remedy("set both or none"));
    }
    Credentials credentials{*access, *secret, variable("AWS_SESSION_TOKEN").value_or("")};
    return Source{.name = "AWS_ACCESS_KEY_ID",
                  .fetch = [credentials]() -> Result<Credentials> { return credentials; }};
}

Result<std::optional<Source>> static_source(const Profile& profile, const std::string& name) {
    auto section = section_with_keys(profile, name);
    if (!section) return std::nullopt;
    TRY(keys_of(*std::move(section), name));
    return Source{.name = fmt::format("profile {}", name), .fetch = [name]() -> Result<Credentials> {
                      auto now = section_with_keys(TRY(read_profile()), name);
                      return keys_of(std::move(now).value_or(Section()), name);
                  }};
}

}  // namespace haul::store::s3
