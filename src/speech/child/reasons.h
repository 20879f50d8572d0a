// Why a file was judged as it was, in lines a person can check, and what makes the judgement less certain.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "speech/child/child.h"

namespace haul::speech {

// What was found about a file.
struct Measured {
    double seconds = 0;          // of speech
    double least_seconds = 0;    // that a decision needs
    std::optional<double> odds;  // log odds of a child
    double sure = 0;             // what a decision needs of them
    std::optional<double> snr_db;
    std::optional<double> movement;  // of movement_of()
    // Windows that Whisper's block was asked about beside the log-mel bands; none: it is not there.
    std::optional<std::size_t> by_block;
    std::size_t windows = 0;  // that were judged
    std::optional<double> pitch_hz, vtl_cm, bandwidth_hz;
};

// How much the log-mel bands of speech move over time: the mean of the deviations among the numbers of
// pooled(). Noise and reverb fill the gaps between sounds and make it small.
[[nodiscard]] double movement_of(std::span<const float> numbers);

// Below it the sounds run into each other: speech less than about 15 dB over noise, or strong reverb.
constexpr double kLittleMovement = 0.17;

// Below it a recording lacks its upper bands: heads were seen to err more often
// (docs/models/child-log-mel.md), and Whisper's block is not asked (whisper-block-child.md).
constexpr double kNarrow = 5'000;  // Hz

// Fills in reasons and confidence; the rest of `finding` is there.
void explain(const Measured& measured, ChildFinding& finding);

}  // namespace haul::speech
