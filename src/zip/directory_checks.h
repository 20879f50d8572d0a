// What must hold between the entries of an archive, not only for each.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "zip/reader.h"

namespace haul::zip {

// Orders the entries by offset, sets their limits, and refuses overlaps (zip bombs share bytes) and data in
// the directory.
[[nodiscard]] Status order_and_limit(std::vector<Entry>& entries, std::uint64_t directory_offset,
                                     std::string_view archive);
// Refuses two entries of one path, and entries beneath a symlink.
[[nodiscard]] Status check_names(const std::vector<Entry>& entries, std::string_view archive);
[[nodiscard]] Status check_ratio(const std::vector<Entry>& entries, std::uint64_t archive_size,
                                 const Limits& limits, std::string_view archive);

}  // namespace haul::zip
