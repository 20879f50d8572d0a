// Names in archives: which paths every reader takes as they are, and a reversible ASCII form for the others.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace haul::zip {

// A path that can stand in an archive unchanged: UTF-8, no NUL, no backslash, not absolute, no empty, `.` or
// `..` element, no drive letter (`C:`), at most 65,535 bytes with a folder's slash, and nothing that looks
// escaped (`%haul`, `%haul/...`).
[[nodiscard]] bool is_plain(std::string_view path);

// The name of `path` in the archive; folders get their `/`. Plain paths stay; others become `%haul/`-marked,
// percent-escaped ASCII (rule in docs/format-zip.md) that unescape() turns back into exactly the same bytes.
// Injective over all paths. `collides`: the path of a file or symlink is also a folder of another member; its
// escaped name then ends in a lone `%`. An escaped name of more than 65,535 bytes becomes `%haul/%sha256/`
// and the hash of the path: only the manifest knows that path.
[[nodiscard]] std::string archive_name(std::string_view path, bool folder, bool collides = false);
// The path that an escaped name stands for, which may be anything, `../x` too: check it before use. nullopt
// where archive_name() would not have made this name (foreign names that look alike), and for hashed names.
[[nodiscard]] std::optional<std::string> unescape(std::string_view name);

// Why a foreign name may not be unpacked (absolute, `..`, drive letter, backslash, NUL, empty element,
// empty); nullopt: it may. A trailing `/` (folder) is fine.
[[nodiscard]] std::optional<std::string> refuse(std::string_view name);

}  // namespace haul::zip
