// Whisper's log-mel spectrogram: what networks that grew out of Whisper hear.
//
// 16 kHz; frames of 25 ms each 10 ms, centred, mirrored at both ends; periodic Hann; power; 80 bands of
// Slaney's scale, each of area 1; log10, no lower than 8 below the loudest of all; (x + 4) / 4. An object
// belongs to one thread.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace haul::speech {

class LogMel {
  public:
    static constexpr std::size_t kBands = 80, kStep = 160, kWindow = 400;

    LogMel();
    ~LogMel();
    LogMel(LogMel&&) noexcept;
    LogMel& operator=(LogMel&&) noexcept;

    [[nodiscard]] static constexpr std::size_t frames(std::size_t samples) { return samples / kStep; }
    // `samples`: more than kWindow / 2 of them. `bands`: kBands rows of frames(samples.size()).
    void write(std::span<const float> samples, std::span<float> bands);

  private:
    struct Band {
        std::size_t first = 0;  // bin
        std::vector<float> weights;
    };
    struct Transform;

    void transform(std::span<const float> samples, std::size_t frame);

    std::vector<float> window_;
    std::vector<Band> bands_;
    std::vector<float> power_;
    std::unique_ptr<Transform> transform_;
};

}  // namespace haul::speech
