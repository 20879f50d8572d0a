// The lock of a job's folder: one process holds a job, and the lock dies with it.
#pragma once

#include <string>

#include "base/file.h"
#include "base/result.h"

namespace haul::job {

// `folder` exists. Code::busy names the process that holds it. Code::not_found: the folder was removed
// meanwhile.
[[nodiscard]] Result<file::Fd> lock_job(const std::string& folder);
// Whether some process holds it now. Takes the lock for a moment, shared: lock_job waits long enough not to
// be fooled.
[[nodiscard]] bool is_held(const std::string& folder);

}  // namespace haul::job
