// Variables of the environment, as the AWS tools read them: an empty one is none.
#pragma once

#include <optional>
#include <string>

namespace haul::store::s3 {

// Thread-safe as long as nobody sets variables.
[[nodiscard]] std::optional<std::string> variable(const char* name);
// Whether it is set to "true", in any case.
[[nodiscard]] bool is_true(const char* name);
// `path` with the home folder in place of a leading `~`; as it stands where there is no HOME.
[[nodiscard]] std::string at_home(const std::string& path);

}  // namespace haul::store::s3
