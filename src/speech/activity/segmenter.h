// Turns how likely each window is speech into stretches of speech, by hysteresis.
//
// The rule is the published one of Silero VAD (utils_vad.py, get_speech_timestamps, version 6.2.3): speech
// begins with the first window at `threshold` and ends where the likelihood fell below `exit` and did not
// come back to `threshold` for `min_silence`; stretches of at most `min_speech` are dropped. A pure value.
// Positions are samples at 16 kHz from the beginning of the audio.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "speech/audio/rate.h"

namespace haul::speech {

inline constexpr std::size_t kWindow = 512;  // samples that are judged at once: 32 ms

struct ActivityOptions {
    double threshold = 0.5, exit = 0.35;
    // Seconds.
    double min_speech = 0.25, min_silence = 0.1, padding = 0.03;
};

class Segmenter {
  public:
    explicit Segmenter(const ActivityOptions& options) : options_(options) {}

    struct Step {
        std::optional<std::uint64_t> began;  // it is certain now that a stretch that began there counts
        std::optional<std::uint64_t> ended;  // where the stretch that began last has ended, without padding
    };
    // The next window.
    [[nodiscard]] Step push(double likelihood);
    // The audio ended, `length` samples long.
    [[nodiscard]] Step finish(std::uint64_t length);

    // Where the stretch began that is open or may yet count; none: no speech is at hand.
    [[nodiscard]] std::optional<std::uint64_t> open_since() const;
    // What is before this belongs to the open stretch whatever comes; at most the position.
    [[nodiscard]] std::uint64_t certain_until() const;

  private:
    [[nodiscard]] bool long_enough(std::uint64_t end) const;
    [[nodiscard]] Step end_at(std::uint64_t end);

    ActivityOptions options_;
    std::uint64_t position_ = 0;
    std::optional<std::uint64_t> began_, quiet_since_;
    bool told_ = false;  // `began` of the open stretch was handed out
};

}  // namespace haul::speech
