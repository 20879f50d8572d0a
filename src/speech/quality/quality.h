// How good a recording is: loudness, clipping, noise, how much of it is speech.
//
// 16 kHz mono samples in [-1,1], in blocks of any size. Keeps a byte for 32 ms: 1.3 MB for twelve hours. One
// thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"

namespace haul::speech {

struct QualityFinding {
    // Integrated loudness of EBU R 128 over all of it, in LUFS, by libebur128; none: shorter than 0.4 s, or
    // nothing above its gate of -70.
    std::optional<double> lufs;
    // Mean power of speech over that of the background (the tenth percentile of the levels of 32 ms outside
    // speech that are not digital silence), in dB, at most 60; none: no speech, or less than 0.32 s of
    // background, as where a word was cut out closely. What is quiet within speech is no background.
    std::optional<double> snr_db;
    double speech_share = 0;  // of the duration, in [0,1]
};

class QualityMeter {
  public:
    [[nodiscard]] static Result<QualityMeter> create();
    QualityMeter(QualityMeter&&) noexcept;
    QualityMeter& operator=(QualityMeter&&) noexcept;
    ~QualityMeter();

    // All of the recording, in order.
    [[nodiscard]] Status hear(std::span<const float> samples);
    // What of it is speech, once more: samples that were heard, the first of them being number `at`.
    void speech(std::uint64_t at, std::span<const float> samples);
    // Of what was heard since create() or reset().
    [[nodiscard]] Result<QualityFinding> finish() const;
    // Another recording begins.
    Status reset();

  private:
    struct Loudness;

    QualityMeter();
    // Mean square.
    [[nodiscard]] std::optional<double> background() const;

    std::unique_ptr<Loudness> loudness_;
    std::vector<std::uint8_t> levels_;  // of each 32 ms; see quality.cc
    double window_power_ = 0, speech_power_ = 0;
    std::uint64_t in_window_ = 0, heard_ = 0, spoken_ = 0;  // samples
};

}  // namespace haul::speech
