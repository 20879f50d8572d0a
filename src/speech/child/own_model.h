// An operator's network that says child or adult.
//
// Not thread-safe: one object a thread.
#pragma once

#include <cstddef>
#include <span>

#include "base/result.h"
#include "speech/inference/graph.h"
#include "speech/models/models.h"

namespace haul::speech {

class OwnModel {
  public:
    static constexpr std::size_t kSamples = 48'000, kFrames = 300;
    // Code::corrupt: not one input of that size, or no output of the label "child".
    [[nodiscard]] static Result<OwnModel> load(Model model);

    [[nodiscard]] const Model& model() const { return model_; }
    // Log odds of a child. `sound`: at most kSamples, repeated to fill them, scaled by `gain`; `bands`:
    // frames x 80, of the same sound.
    [[nodiscard]] Result<double> log_odds(std::span<const float> sound, double gain,
                                          std::span<const float> bands);

  private:
    OwnModel(Model model, Graph graph) : model_(std::move(model)), graph_(std::move(graph)) {}
    Model model_;
    Graph graph_;
    std::size_t child_ = 0;  // of the outputs
};

}  // namespace haul::speech
