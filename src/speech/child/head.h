// The head that says child or adult from the 160 numbers of log_mel.h and the 3 of tract.h: log odds of a
// linear discriminant.
//
// head.cc is written by bench/speech_train, from recordings in Debian packages and synthetic speakers made
// from them; docs/models/child-log-mel.md says what it rests on. Thread-safe: a constant.
#pragma once

#include <array>
#include <span>
#include <string_view>

#include "speech/audio/log_mel.h"

namespace haul::speech {

struct Head {
    std::string_view name;
    std::string_view sha256;  // of the numbers below, as little-endian floats in this order
    std::array<float, 2 * LogMel::kBands> slope;
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

extern const Head kLogMelHead;

}  // namespace haul::speech
