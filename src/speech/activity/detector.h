// What tells speech from everything else, one window of 32 ms after another. One thread.
#pragma once

#include <memory>
#include <optional>
#include <span>

#include "base/result.h"
#include "speech/activity/segmenter.h"
#include "speech/models/models.h"

namespace haul::speech {

class Detector {
  public:
    Detector() = default;
    virtual ~Detector() = default;
    Detector(const Detector&) = delete;
    Detector& operator=(const Detector&) = delete;

    // How likely `window` is speech, in [0,1], given those before it.
    [[nodiscard]] virtual Result<double> judge(std::span<const float, kWindow> window) = 0;
    // Forgets what came before: another recording begins.
    virtual void reset() = 0;
    [[nodiscard]] virtual const ModelId& id() const = 0;
};

// Silero VAD (its export for OpenVINO: inputs `input` [1,576] and `state` [2,1,128]).
[[nodiscard]] Result<std::unique_ptr<Detector>> silero_detector(const Model& model);
// Our own, of energy over the noise floor and periodicity, for where the model or its runtime is missing.
[[nodiscard]] std::unique_ptr<Detector> built_in_detector();

}  // namespace haul::speech
