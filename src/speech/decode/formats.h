// What is decoded: a pinned list of containers and codecs, of those that libav knows. Pure; thread-safe.
//
// Left out on purpose: containers that name other files or addresses (hls, dash, concat, sdp, image lists),
// that are programs or scripts (lavfi, vapoursynth), devices, subtitles, and what no recording comes in.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace haul::speech {

// As libav writes such lists: names separated by commas.
extern const char* const kContainers;
extern const char* const kCodecs;

// NAME as libav has it, "mov,mp4,m4a": whether its first name is in the list.
[[nodiscard]] bool is_known_container(std::string_view name);
[[nodiscard]] bool is_known_codec(std::string_view name);

// "mp4" of "mov,mp4,m4a,3gp,3g2,mj2"
[[nodiscard]] std::string container_text(std::string_view name);

// Of a stream: a code of four letters that means that it is encrypted (as libav keeps it: first letter
// lowest).
[[nodiscard]] bool is_encrypted_tag(std::uint32_t tag);

}  // namespace haul::speech
