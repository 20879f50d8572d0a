// The command of a profile's credential_process, taken apart as a POSIX shell would: without running one.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace haul::store::s3 {

// Spaces separate; '…' is literal; in "…" a backslash escapes `"` and `\`; elsewhere it escapes any byte.
// Variables and globs are text. Nothing where a quote is not closed. Values only.
[[nodiscard]] std::optional<std::vector<std::string>> split_command(std::string_view line);

}  // namespace haul::store::s3
