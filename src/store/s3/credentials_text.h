// Credentials as programs and services write them: JSON with times in ISO 8601.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "store/s3/credentials.h"

namespace haul::store::s3 {

// "2026-11-22T20:39:35Z", with or without a fraction; the offset may be "+00:00" or another. Nothing where it
// is something else.
[[nodiscard]] std::optional<std::chrono::system_clock::time_point> time_from(std::string_view text);

// AccessKeyId, SecretAccessKey, Expiration and the field called `token` ("SessionToken", "Token").
// Code::corrupt, about `subject` and without any of the text, where something is missing or no JSON.
[[nodiscard]] Result<Credentials> credentials_from(std::string_view json, const char* token,
                                                   const std::string& subject);

}  // namespace haul::store::s3
