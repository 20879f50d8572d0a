// The doctor's findings in words and as data. Pure functions.
#pragma once

#include <string>

#include "base/json.h"
#include "flow/doctor/clean.h"
#include "flow/doctor/doctor.h"
#include "store/store.h"

namespace haul::cli {

[[nodiscard]] json::Ordered capabilities_json(const store::Capabilities& can);
// "  conditional_read      yes": a line a capability, under a title.
[[nodiscard]] std::string capabilities_text(const std::string& place, const store::Capabilities& can);
[[nodiscard]] std::string finding_text(const doctor::Finding& finding);

[[nodiscard]] int exit_code_of(const doctor::Examination& examination);
// What is said at the end, when all findings were told.
[[nodiscard]] std::string examined_text(const doctor::Examination& examination);
[[nodiscard]] json::Ordered examined_json(const std::string& place, const store::Capabilities& can,
                                          const doctor::Examination& examination);

// Of --clean.
[[nodiscard]] std::string cleaned_text(const std::string& place, const doctor::Cleaning& cleaning);
[[nodiscard]] json::Ordered cleaned_json(const std::string& place, const doctor::Cleaning& cleaning);

}  // namespace haul::cli
