// What yt-dlp says went wrong, as an error. It ends with 1 whatever the reason: only the words tell. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace haul::collect {

enum class Complaint : std::uint8_t {
    throttle,     // its host has enough of us: "not a bot", 429, and 503, as for requests of our own
    gone,         // not_found
    forbidden,    // denied: not for us, or not here
    unsupported,  // no media that we take
    network,      // the host is away, or fails
    no_space,     // of this machine's disk
    unknown,      // words that we do not know: no verdict on an item
};
// `said`: its standard error.
[[nodiscard]] Complaint complaint_in(std::string_view said);
// Throttle, network and unknown are unavailable, to be tried again later; how long a throttle lasts is not
// said in it.
[[nodiscard]] Error ytdlp_error(std::string_view said, std::string operation, std::string subject);

}  // namespace haul::collect
