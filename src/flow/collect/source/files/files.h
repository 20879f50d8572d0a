// The source "files": a folder on this machine with all that lies beneath it. Each folder is a channel. The
// licence is what the plan says it is.
#pragma once

#include <memory>

#include "flow/collect/source/source.h"

namespace haul::collect {

[[nodiscard]] Result<std::unique_ptr<Source>> make_files(const SourcePlan& plan, const SourceTools& tools);

}  // namespace haul::collect
