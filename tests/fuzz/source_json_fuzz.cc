// Any JSON as what a PeerTube instance or yt-dlp answers. Beyond not crashing: its candidates are sound, and
// what is none says why.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "flow/collect/source/peertube/video.h"
#include "flow/collect/source/ytdlp/info.h"
#include "sound_candidate.h"

namespace {

constexpr std::size_t kAsked = 100;

void as_video(const haul::json::Value& value) {
    const auto candidate =
        haul::collect::peertube::candidate_of(value, "https://tube.example/", "https://tube.example");
    if (candidate) haul::fuzz::demand_sound(*candidate);
    haul::fuzz::demand(candidate || !candidate.error().empty());
    const auto file = haul::collect::peertube::smallest_sound(value);
    haul::fuzz::demand(!file || !file->url.empty());
    static_cast<void>(haul::collect::peertube::is_public(value));
}

void as_info(const haul::json::Value& value) {
    const auto found = haul::collect::found_in(value, "https://media.example/list", 1, kAsked);
    haul::fuzz::demand(found || !found.error().message().empty());
    if (found) {
        for (const haul::collect::Candidate& candidate : found->candidates) {
            haul::fuzz::demand_sound(candidate);
            haul::fuzz::demand_sound(haul::collect::described(value, candidate));
        }
    }
    const auto media = haul::collect::direct_media(value, "fuzz");
    haul::fuzz::demand(!media || !media->url.empty());
    static_cast<void>(haul::collect::is_youtube(value));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto value = haul::json::parse(std::string_view(reinterpret_cast<const char*>(data), size), "fuzz");
    if (!value) return 0;
    as_video(*value);
    as_info(*value);
    return 0;
}
