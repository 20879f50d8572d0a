#include "speech/decode/resampler.h"

#include <algorithm>

extern "C" {
#include <libavutil/channel_layout.h>
#include <libavutil/samplefmt.h>
#include <libswresample/swresample.h>
}

namespace haul::speech {

void Resampler::Free::operator()(::SwrContext* context) const { ::swr_free(&context); }

bool Resampler::begin(std::uint32_t rate) {
    rate_ = rate;
    context_.reset();
    if (rate == kRate) return true;
    ::AVChannelLayout mono = AV_CHANNEL_LAYOUT_MONO;
    ::SwrContext* context = nullptr;
    const int made = ::swr_alloc_set_opts2(&context, &mono, AV_SAMPLE_FMT_FLT, kRate, &mono,
                                           AV_SAMPLE_FMT_FLT, static_cast<int>(rate), 0, nullptr);
    context_.reset(context);
    return made >= 0 && ::swr_init(context) >= 0;
}

std::span<const float> Resampler::convert(std::span<const float> in) {
    return context_ == nullptr ? in : run(in.data(), in.size());
}

std::span<const float> Resampler::drain() {
    return context_ == nullptr ? std::span<const float>() : run(nullptr, 0);
}

std::span<const float> Resampler::run(const float* in, std::size_t count) {
    const int room = ::swr_get_out_samples(context_.get(), static_cast<int>(count));
    if (room < 0) {
        failed_ = true;
        return {};
    }
    out_.resize(std::max(out_.size(), static_cast<std::size_t>(room)));
    auto* to = reinterpret_cast<std::uint8_t*>(out_.data());
    const auto* from = reinterpret_cast<const std::uint8_t*>(in);
    const int made =
        ::swr_convert(context_.get(), &to, room, in == nullptr ? nullptr : &from, static_cast<int>(count));
    failed_ = failed_ || made < 0;
    const std::span<float> out(out_.data(), static_cast<std::size_t>(std::max(made, 0)));
    // The filter swings beyond the loudest that came in.
    for (float& value : out) value = std::clamp(value, -1.0F, 1.0F);
    return out;
}

}  // namespace haul::speech
