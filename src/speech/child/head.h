// A head that says child or adult: log odds of a linear discriminant, from numbers of a window's sound and
// the 3 of tract.h. The one that is always asked reads the 160 numbers of log_mel.h.
//
// head.cc is written by bench/speech_train, from recordings in Debian packages and synthetic speakers made
// from them; docs/models/child-log-mel.md says what it rests on. Thread-safe: a constant.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "speech/audio/log_mel.h"

namespace haul::speech {

template <std::size_t Numbers>
struct LinearHead {
    std::string_view name;
    std::string_view sha256;  // of the numbers below, as little-endian floats in this order
    std::array<float, Numbers> slope;
    std::array<float, 3> voice;  // slopes of voice_numbers()
    float shift;
    float sure;  // a decision needs log odds beyond +-sure

    // Natural logarithm of p(child) / p(adult).
    [[nodiscard]] double log_odds(std::span<const float> numbers,
                                  const std::array<float, 3>& voice_has) const {
        double sum = shift;
        for (std::size_t i = 0; i < voice.size(); ++i) sum += static_cast<double>(voice[i]) * voice_has[i];
        for (std::size_t i = 0; i < slope.size() && i < numbers.size(); ++i)
            sum += static_cast<double>(slope[i]) * numbers[i];
        return sum;
    }
};

using Head = LinearHead<2 * LogMel::kBands>;

extern const Head kLogMelHead;

}  // namespace haul::speech
