// Inflates a small member at once: libdeflate takes a fraction of zlib's time, but cannot stream.
#pragma once

#include <cstddef>
#include <span>

namespace haul::zip {

// Larger contents are streamed, so that memory stays small whatever a header claims.
inline constexpr std::size_t most_inflated_at_once = 1U << 20U;

// true: `stored` is one whole deflate stream whose contents fill `contents` exactly. false says nothing of
// the reason.
[[nodiscard]] bool inflate_whole(std::span<const std::byte> stored, std::span<std::byte> contents);

}  // namespace haul::zip
