#include "speech/child/own_model.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "speech/audio/log_mel.h"
#include "speech/child/pooled.h"

namespace haul::speech {
namespace {

constexpr double kMost = 12;  // log odds that a model's 0 or 1 count as

Error unfit(const Model& model, std::string detail) {
    return make_error(Code::corrupt, "use the model for children", model.path, std::move(detail))
        .with_remedy("docs/models says what a model of your own must take and give");
}

std::size_t wanted_size(Input input) {
    return input == Input::pcm ? OwnModel::kSamples : OwnModel::kFrames * LogMel::kBands;
}

double odds_of(double p) { return std::clamp(std::log(p / (1 - p)), -kMost, kMost); }

// Outputs are probabilities, or what a softmax (one output: a logistic function) makes into them.
double log_odds_of(std::span<const float> out, std::size_t child) {
    const bool within = std::all_of(out.begin(), out.end(), [](float x) { return x >= 0 && x <= 1; });
    double sum = 0;
    for (const float x : out) sum += x;
    if (out.size() == 1) return within ? odds_of(out[0]) : std::clamp<double>(out[0], -kMost, kMost);
    if (within && std::abs(sum - 1) < 1e-3) return odds_of(out[child]);
    const double top = *std::max_element(out.begin(), out.end());
    double others = 0;
    for (std::size_t i = 0; i < out.size(); ++i)
        if (i != child) others += std::exp(out[i] - top);
    return std::clamp(out[child] - top - std::log(others + 1e-30), -kMost, kMost);
}

}  // namespace

Result<OwnModel> OwnModel::load(Model model) {
    auto graph = TRY(Graph::load(model.path));
    if (graph.inputs().size() != 1 || graph.outputs().empty())
        return failure(unfit(model, fmt::format("it has {} inputs and {} outputs; one input was expected",
                                                graph.inputs().size(), graph.outputs().size())));
    const std::size_t wanted = wanted_size(model.input);
    if (graph.input(graph.inputs()[0]).size() != wanted) {
        // Its maker may have left the length open.
        const Graph::Shape shape =
            model.input == Input::pcm ? Graph::Shape{1, kSamples} : Graph::Shape{1, LogMel::kBands, kFrames};
        auto shaped = Graph::load(model.path, {{graph.inputs()[0], shape}});
        if (!shaped.has_value())
            return failure(unfit(model, fmt::format("its input does not take {} numbers", wanted)));
        graph = *std::move(shaped);
    }
    OwnModel own(std::move(model), std::move(graph));
    TRY(own.graph_.run());
    const std::size_t outputs = own.graph_.output(own.graph_.outputs()[0]).size();
    const auto& labels = own.model_.labels;
    if (labels.empty() && outputs <= 2 && outputs > 0) {
        own.child_ = outputs - 1;
        return own;
    }
    const auto found = std::find(labels.begin(), labels.end(), "child");
    if (labels.size() != outputs || found == labels.end())
        return failure(
            unfit(own.model_, fmt::format("it has {} outputs, and {} labels{}", outputs, labels.size(),
                                          found == labels.end() ? ", none of them 'child'" : "")));
    own.child_ = static_cast<std::size_t>(found - labels.begin());
    return own;
}

Result<double> OwnModel::log_odds(std::span<const float> sound, double gain, std::span<const float> bands) {
    std::span<float> in = graph_.input(graph_.inputs()[0]);
    if (model_.input == Input::pcm) {
        for (std::size_t i = 0; i < in.size(); ++i)
            in[i] = static_cast<float>(sound[i % sound.size()] * gain);
    } else {
        put_by_rows(bands, in);
    }
    TRY(graph_.run());
    return log_odds_of(graph_.output(graph_.outputs()[0]), child_);
}

}  // namespace haul::speech
