// Whisper's log-mel bands: what networks that grew out of Whisper hear, and what the child's head looks at.
//
// As log_mel_spectrogram in Whisper's audio.py: windows of 400 samples each 160 (Frames), power, 80 bands of
// Slaney's mel scale, triangles of area 1 (Auditory Toolbox, 1998; librosa's default); log10 of at least
// 1e-10, at least the greatest of all less 8, then (x + 4) / 4. One object a thread.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "speech/audio/spectrum.h"

namespace haul::speech {

class LogMel {
  public:
    static constexpr std::size_t kBands = 80;
    LogMel();
    // Frames x 80 from power spectra (Frames::powers_of) of sound that is to be `gain` times as loud. Valid
    // until the next call.
    [[nodiscard]] std::span<const float> bands(std::span<const float> powers, double gain = 1);

  private:
    struct Triangle {
        std::size_t first = 0;
        std::vector<float> weights;
    };
    std::vector<Triangle> triangles_;
    std::vector<float> bands_;
};

}  // namespace haul::speech
