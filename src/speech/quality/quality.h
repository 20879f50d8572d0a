// How good a recording is: loudness, clipping, noise, how much of it is speech.
//
// 16 kHz mono samples in [-1,1], in blocks of any size; memory does not grow with the recording. One thread.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "base/result.h"

namespace haul::speech {

struct QualityFinding {
    // Integrated loudness of EBU R 128 over all of it, in LUFS, by libebur128; none: shorter than 0.4 s, or
    // nothing above its gate of -70.
    std::optional<double> lufs;
    // Mean power of speech over that of the background (the tenth percentile of the levels of 32 ms that are
    // not digital silence), in dB, at most 60; none: no speech.
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
    // What of it is speech, once more.
    void speech(std::span<const float> samples);
    // Of what was heard since create() or reset().
    [[nodiscard]] Result<QualityFinding> finish() const;
    // Another recording begins.
    Status reset();

  private:
    struct Loudness;
    // Levels from -100 dB of full scale upwards, in steps of half a decibel.
    static constexpr std::size_t kLevels = 220;
    static constexpr double kLowest = -100, kStep = 0.5;

    QualityMeter();
    void count_level(double power);
    [[nodiscard]] std::optional<double> background() const;

    std::unique_ptr<Loudness> loudness_;
    std::array<std::uint64_t, kLevels> levels_{};
    double window_power_ = 0, speech_power_ = 0;
    std::uint64_t in_window_ = 0, heard_ = 0, spoken_ = 0;  // samples
};

}  // namespace haul::speech
