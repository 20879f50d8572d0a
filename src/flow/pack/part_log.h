// Where the logs of a part lie: in the job's folder, a file a revision of its member list,
// `parts/part-NNNNN.rR` and the log's own ending.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/result.h"

namespace haul::pack {

// Relative to the job's folder.
[[nodiscard]] std::string part_log_path(std::uint32_t part, std::uint32_t revision, std::string_view ending);
// Made where it is missing; that it is there is durable. `fresh`: emptied.
[[nodiscard]] Result<file::Fd> open_part_log(const std::string& folder, const std::string& path, bool fresh);
// Those of revisions 1 to `last`. What stays behind goes with the job's folder.
void remove_part_logs(const std::string& folder, std::uint32_t part, std::uint32_t last,
                      std::string_view ending);

}  // namespace haul::pack
