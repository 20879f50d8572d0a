// What a local store says about a file: version tags and objects made from stat(2), and errors from errno.
//
// Tags: weak "s<size>-m<mtime ns>", strong "s<size>-m<mtime ns>-i<inode>-c<ctime ns>". Values only.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "store/store.h"

namespace haul::store::local {

[[nodiscard]] std::int64_t mtime_ns(const struct ::stat& status);
[[nodiscard]] std::int64_t ctime_ns(const struct ::stat& status);

[[nodiscard]] Version weak_version(const struct ::stat& status);
[[nodiscard]] Version strong_version(const struct ::stat& status);
// Whether a file of this status is the version that `condition` names (empty: any).
[[nodiscard]] bool matches(const Version& condition, const struct ::stat& status);
// Whether nothing was written between the two looks.
[[nodiscard]] bool same_content(const struct ::stat& before, const struct ::stat& after);

[[nodiscard]] Kind kind_of(const struct ::stat& status);
[[nodiscard]] Attributes attributes_of(const struct ::stat& status);
// Without a symlink's target. Weak version for files, none for others.
[[nodiscard]] Object object_of(std::string name, const struct ::stat& status);

// What the symlink says, as it is stored.
[[nodiscard]] Result<std::string> read_target(int folder, const std::string& leaf,
                                              const std::string& subject);

// As haul::os_error, and clearer about what stands in the way of a path (symlink, file for folder, name too
// long).
[[nodiscard]] Error path_error(int errno_value, std::string operation, std::string subject);

}  // namespace haul::store::local
