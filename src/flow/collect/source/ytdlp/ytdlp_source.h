// Whatever yt-dlp knows (https://github.com/yt-dlp/yt-dlp): it lists and describes, in a process of its own;
// media is fetched by our own web (docs/decisions/0026).
//
// A process is an errand of our web (web.h): robots.txt of the page's host allows that page, a turn at that
// host is held while it runs, a throttle that it tells of closes the host, and it reaches no address that is
// not public unless the plan allows it, wherever redirects and pages lead.
// YouTube only where the plan says accept_terms. A program that is not there is Code::usage, of no item.
#pragma once

#include <memory>

#include "flow/collect/source/source.h"

namespace haul::collect {

[[nodiscard]] Result<std::unique_ptr<Source>> make_ytdlp(const SourcePlan& plan, const SourceTools& tools);

}  // namespace haul::collect
