// Decoded values of any kind as one channel of floats: the average of all channels. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

struct AVFrame;

namespace haul::speech {

// Of the source, over all its channels.
struct Levels {
    std::uint64_t values = 0;
    std::uint64_t clipped = 0;
};

// Frames of the sample formats that libav's decoders have.
[[nodiscard]] bool is_readable(const ::AVFrame& frame);

// into.size() samples of the frame from `first` on, within [-1, 1]; what is not a number becomes silence.
// Values of at least `full_scale` either way count as clipped. Only where is_readable(frame).
void mix_down(const ::AVFrame& frame, std::size_t first, float full_scale, std::span<float> into,
              Levels& levels);

}  // namespace haul::speech
