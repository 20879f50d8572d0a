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

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "speech/audio/spectrum.h"
#include "speech/child/pitch.h"

namespace haul::speech {

// Of formants, in Hz, a value a voiced frame.
struct Spacings {
    std::vector<float> wide;    // from the second to fourth formant
    std::vector<float> narrow;  // from the second and third
};

class TractMeter {
  public:
    TractMeter();
    // `pitch`: a value each PitchTracker::kHop samples of `sound`; only voiced places are looked at. Valid
    // until the next call.
    [[nodiscard]] const Spacings& measure(std::span<const float> sound, std::span<const float> pitch);

  private:
    void look_at(std::span<const float> frame);

    Fft fft_;
    std::vector<float> hamming_, frame_, powers_;
    Spacings found_;
};

// The length over a whole file, from what was measured in its windows.
class TractLength {
  public:
    void add(const Spacings& spacings);
    // In cm. None: less than half a second of voiced speech with formants to be seen.
    [[nodiscard]] std::optional<double> cm(double bandwidth_hz) const;

  private:
    Median wide_{500, 3'000}, narrow_{500, 3'000};
};

// What the head is told of a window's voice: natural logarithms of the median pitch and of the median
// spacings, wide and narrow, in Hz; where too little is voiced, what lies between adults and children. The
// head was trained with the same numbers: bench/speech/tract.py.
[[nodiscard]] std::array<float, 3> voice_numbers(std::span<const float> pitch, const Spacings& spacings);

}  // namespace haul::speech
