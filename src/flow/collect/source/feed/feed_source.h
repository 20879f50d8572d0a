// Podcasts and other feeds: RSS 2.0 and Atom, also in pages (RFC 5005). A feed is one channel.
#pragma once

#include <memory>

#include "flow/collect/source/source.h"

namespace haul::collect {

[[nodiscard]] Result<std::unique_ptr<Source>> make_feed(const SourcePlan& plan, const SourceTools& tools);

}  // namespace haul::collect
