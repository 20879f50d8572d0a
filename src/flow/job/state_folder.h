// The folder that holds all jobs of a user, and what its errors mean to them.
#pragma once

#include <string>

#include "base/result.h"

namespace haul::job {

// STATE/jobs
[[nodiscard]] std::string jobs_folder(const std::string& state);

// An error met in the state folder, with what the user can do: Code::denied gets the remedy, Code::no_space
// numbers as well.
[[nodiscard]] Error explain(Error error, const std::string& state);

}  // namespace haul::job
