// The 160 numbers that the child's head looks at: mean and deviation over time of 80 log-mel bands.
//
// The bands are those of whisper's front end (log_mel_spectrogram in its audio.py: windows
// of 400 samples each 160, periodic Hann, power; log10 of at least 1e-10, at least the greatest less 8, then
// (x + 4) / 4), with Slaney's mel scale and triangles of area 1 (Auditory Toolbox, 1998; librosa's default).
// Before, the sound is scaled to a root mean square of 0.06. bench/speech/features.py computes the same, and
// trains the head with it.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "speech/child/spectrum.h"

namespace haul::speech {

class LogMel {
  public:
    static constexpr std::size_t kBands = 80;
    static constexpr double kLoudness = 0.06;
    LogMel();
    // Frames x 80 from the power spectra of `sound` (Frames::powers_of), whose root mean square is `loud`.
    // Valid until the next call.
    [[nodiscard]] std::span<const float> bands(std::span<const float> powers, double loud);

  private:
    struct Triangle {
        std::size_t first = 0;
        std::vector<float> weights;
    };
    std::vector<Triangle> triangles_;
    std::vector<float> bands_;
};

// 80 means, then 80 standard deviations.
[[nodiscard]] std::vector<float> pooled(std::span<const float> bands);

[[nodiscard]] double root_mean_square(std::span<const float> sound);

}  // namespace haul::speech
