// Whatever yt-dlp knows (https://github.com/yt-dlp/yt-dlp): it lists and describes, in a process of its own;
// media is fetched by our own web (docs/decisions/0026).
//
// What its process asks is outside web.h: hosts that it is given are looked up first and have to be public,
// but where redirects and pages lead it is not seen. YouTube only where the plan says accept_terms.
#pragma once

#include <memory>

#include "flow/collect/source/source.h"

namespace haul::collect {

[[nodiscard]] Result<std::unique_ptr<Source>> make_ytdlp(const SourcePlan& plan, const SourceTools& tools);

}  // namespace haul::collect
