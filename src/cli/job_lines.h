// Records of jobs as `haul jobs` and `haul status` show them. Pure functions.
#pragma once

#include <string>

#include "base/json.h"
#include "flow/job/job.h"

namespace haul::cli {

// "3f2a…  running      2026-11-22 20:39  pack /data/photos -> /backup/photos"
[[nodiscard]] std::string job_line(const job::Record& record);
// Several lines.
[[nodiscard]] std::string job_text(const job::Record& record, const std::string& folder);
[[nodiscard]] json::Ordered job_json(const job::Record& record);
// "pack /data/photos -> /backup/photos"
[[nodiscard]] std::string what_of(const job::Record& record);

}  // namespace haul::cli
