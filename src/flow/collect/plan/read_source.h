// One [[source]] of a plan.
#pragma once

#include <toml++/toml.h>

#include <string>

#include "flow/collect/plan/plan.h"
#include "flow/collect/plan/problems.h"

namespace haul::collect {

// `folder`: where relative paths start.
[[nodiscard]] SourcePlan read_source(const toml::table& table, const std::string& folder, Problems& problems);

// `path` as it stands in a plan that lies in `folder`, absolute.
[[nodiscard]] std::string beneath_plan(const std::string& folder, const std::string& path);

}  // namespace haul::collect
