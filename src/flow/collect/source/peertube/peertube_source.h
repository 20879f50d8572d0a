// PeerTube instances, through their public REST API: searches, whole channels, files.
#pragma once

#include <memory>

#include "flow/collect/source/source.h"

namespace haul::collect {

[[nodiscard]] Result<std::unique_ptr<Source>> make_peertube(const SourcePlan& plan, const SourceTools& tools);

}  // namespace haul::collect
