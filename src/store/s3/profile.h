// The AWS tools' files: ~/.aws/config and ~/.aws/credentials (AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE),
// read once. Format: INI with `[profile NAME]` in config, `[NAME]` in credentials, `[services NAME]`, and
// indented nested keys ("s3 =\n  addressing_style = path"). Values only; missing files are empty.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace haul::store::s3 {

using Section = std::map<std::string, std::string>;  // nested keys as "s3.addressing_style"

struct Profile {
    std::string name;                            // AWS_PROFILE, AWS_DEFAULT_PROFILE, else "default"
    bool named = false;                          // by the environment: then it must exist
    std::map<std::string, Section> config;       // by profile name
    std::map<std::string, Section> credentials;  // by profile name
    std::map<std::string, Section> services;     // by services-section name
    // The value in credentials, else in config, of profile `name`.
    [[nodiscard]] std::optional<std::string> value(const std::string& profile, const std::string& key) const;
    [[nodiscard]] bool has(const std::string& profile) const;
};

// Code::usage with file and line where a file is malformed, or where the environment names a profile that no
// file has. Called again, it reads again.
[[nodiscard]] Result<Profile> read_profile();

// Where the files are, or would be.
[[nodiscard]] std::string config_path();
[[nodiscard]] std::string credentials_path();

}  // namespace haul::store::s3
