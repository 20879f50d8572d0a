// The length of a speaker's vocal tract, from the resonances of voiced speech.
//
// A tube of length L, closed at one end, resonates at (i - 1/2) c / (2 L): formants give the spacing c / (2
// L), vowels only move single formants around it. Formants are peaks of a linear prediction of order 16; the
// length comes from the median over all voiced frames of the spacings that the second to fourth (in narrow
// recordings: the second and third) give. Adults: men about 17 cm, women about 14.5; children of six to ten
// about 12 to 13.5. Single voices stray by 1.5 cm.
//
// 16 kHz mono. Not thread-safe: one object a thread.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "speech/audio/spectrum.h"
#include "speech/child/pitch.h"

namespace haul::speech {

class TractMeter {
  public:
    TractMeter();
    // `pitch`: a value each PitchTracker::kHop samples of `sound`; only voiced places are looked at.
    void add(std::span<const float> sound, std::span<const float> pitch);
    // In cm. None: less than half a second of voiced speech with formants to be seen.
    [[nodiscard]] std::optional<double> length_cm(double bandwidth_hz) const;

  private:
    void look_at(std::span<const float> frame);

    Fft fft_;
    std::vector<float> hamming_, frame_, powers_;
    Median wide_, narrow_;
};

}  // namespace haul::speech
