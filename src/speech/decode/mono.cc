#include "speech/decode/mono.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

extern "C" {
#include <libavutil/frame.h>
#include <libavutil/samplefmt.h>
}

namespace haul::speech {
namespace {

template <class Value>
float to_float(Value value) {
    if constexpr (std::is_floating_point_v<Value>) {
        const auto narrow = static_cast<float>(value);
        return std::isfinite(narrow) ? std::clamp(narrow, -1.0F, 1.0F) : 0.0F;
    } else if constexpr (std::is_same_v<Value, std::uint8_t>) {
        return static_cast<float>(static_cast<int>(value) - 128) * (1.0F / 128);
    } else {
        constexpr float kScale = -1.0F / static_cast<float>(std::numeric_limits<Value>::min());
        return static_cast<float>(value) * kScale;
    }
}

// Values at `from`, `step` apart, added to `into`. How many of them are at full scale.
template <class Value>
std::uint32_t add_channel(const Value* from, std::size_t step, float full_scale, std::span<float> into) {
    std::uint32_t clipped = 0;
    for (std::size_t i = 0; i < into.size(); ++i) {
        const float value = to_float(from[i * step]);
        clipped += std::fabs(value) >= full_scale ? 1 : 0;
        into[i] += value;
    }
    return clipped;
}

template <class Value>
void mix(const ::AVFrame& frame, std::size_t first, float full_scale, std::span<float> into, Levels& levels) {
    const auto channels = static_cast<std::size_t>(frame.ch_layout.nb_channels);
    const bool planar = ::av_sample_fmt_is_planar(static_cast<::AVSampleFormat>(frame.format)) != 0;
    std::fill(into.begin(), into.end(), 0.0F);
    for (std::size_t channel = 0; channel < channels; ++channel) {
        const std::uint8_t* const bytes = frame.extended_data[planar ? channel : 0];
        const Value* const from =
            reinterpret_cast<const Value*>(bytes) + (planar ? first : first * channels + channel);
        levels.clipped += add_channel(from, planar ? 1 : channels, full_scale, into);
    }
    levels.values += into.size() * channels;
    if (channels == 1) return;
    const float share = 1.0F / static_cast<float>(channels);
    for (float& value : into) value *= share;
}

}  // namespace

bool is_readable(const ::AVFrame& frame) {
    return frame.ch_layout.nb_channels > 0 && frame.format >= 0 && frame.format < AV_SAMPLE_FMT_NB;
}

void mix_down(const ::AVFrame& frame, std::size_t first, float full_scale, std::span<float> into,
              Levels& levels) {
    switch (::av_get_packed_sample_fmt(static_cast<::AVSampleFormat>(frame.format))) {
        case AV_SAMPLE_FMT_U8:
            return mix<std::uint8_t>(frame, first, full_scale, into, levels);
        case AV_SAMPLE_FMT_S16:
            return mix<std::int16_t>(frame, first, full_scale, into, levels);
        case AV_SAMPLE_FMT_S32:
            return mix<std::int32_t>(frame, first, full_scale, into, levels);
        case AV_SAMPLE_FMT_S64:
            return mix<std::int64_t>(frame, first, full_scale, into, levels);
        case AV_SAMPLE_FMT_FLT:
            return mix<float>(frame, first, full_scale, into, levels);
        case AV_SAMPLE_FMT_DBL:
            return mix<double>(frame, first, full_scale, into, levels);
        default:
            return;  // is_readable() says no
    }
}

}  // namespace haul::speech
