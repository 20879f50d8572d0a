// job.json: a job's record as a file. docs/jobs.md and docs/schemas/job.json hold its fields.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "flow/job/job.h"

namespace haul::job {

inline constexpr char kRecordName[] = "job.json";
inline constexpr std::uint64_t kRecordLimit = 4U << 20U;  // bytes; a longer file is no record of ours

[[nodiscard]] json::Ordered json_of(const Record& record);
// Code::corrupt names the field; unknown fields are ignored.
[[nodiscard]] Result<Record> record_from(const json::Value& value, std::string_view subject);

[[nodiscard]] Result<Record> read_record(const std::string& folder);
// Whole or not at all, and durable.
[[nodiscard]] Status write_record(const std::string& folder, const Record& record);

}  // namespace haul::job
