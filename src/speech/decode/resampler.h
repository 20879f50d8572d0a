// One channel of any rate to 16 kHz (libswresample). Belongs to one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "speech/audio/rate.h"

struct SwrContext;

namespace haul::speech {

// Recordings come in no others; between an odd rate and ours lie filters of any size.
inline constexpr std::uint32_t kLowestRate = 1000;
inline constexpr std::uint32_t kHighestRate = 768000;

class Resampler {
  public:
    // From now on `rate` comes in. False: no memory. What came in before must be drained first.
    [[nodiscard]] bool begin(std::uint32_t rate);
    [[nodiscard]] std::uint32_t rate() const { return rate_; }

    // What comes out of `in`, within [-1, 1]; valid until the next call. nullptr-span with `failed()` true:
    // no memory.
    [[nodiscard]] std::span<const float> convert(std::span<const float> in);
    // What is still inside, at the end of the input.
    [[nodiscard]] std::span<const float> drain();
    [[nodiscard]] bool failed() const { return failed_; }

  private:
    struct Free {
        void operator()(::SwrContext* context) const;
    };
    std::span<const float> run(const float* in, std::size_t count);

    std::unique_ptr<::SwrContext, Free> context_;
    std::vector<float> out_;
    std::uint32_t rate_ = 0;
    bool failed_ = false;
};

}  // namespace haul::speech
