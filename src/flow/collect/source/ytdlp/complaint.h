// What yt-dlp says went wrong, as an error. It ends with 1 whatever the reason: only the words tell. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace haul::collect {

// `said`: its standard error. not_found: gone. denied: not for us, or not here. unsupported: no media that we
// take. no_space. All else is unavailable, to be tried again later: throttles ("not a bot", 429), the
// network, and words that we do not know, which are no verdict on an item.
[[nodiscard]] Error ytdlp_error(std::string_view said, std::string operation, std::string subject);

}  // namespace haul::collect
