#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "speech/activity/detector.h"
#include "speech/inference/graph.h"

namespace haul::speech {
namespace {

constexpr std::size_t kContext = 64, kState = 2 * 128;  // of the 16 kHz model

// Its export names the ports differently from release to release: they are told apart by their sizes.
struct Ports {
    std::string audio, state, likelihood, next_state;
};

Result<Ports> ports_of(Graph& graph, const Model& model) {
    Ports ports;
    for (const std::string& name : graph.inputs()) {
        const std::size_t size = graph.input(name).size();
        if (size == kContext + kWindow) ports.audio = name;
        if (size == kState) ports.state = name;
    }
    for (const std::string& name : graph.outputs()) {
        const std::size_t size = graph.output(name).size();
        if (size == 1) ports.likelihood = name;
        if (size == kState) ports.next_state = name;
    }
    if (ports.audio.empty() || ports.state.empty() || ports.likelihood.empty() || ports.next_state.empty())
        return failure(Code::unsupported, "load the model", model.path,
                       "it is no voice activity model of 576 samples and a state of 256 numbers");
    return ports;
}

class Silero final : public Detector {
  public:
    Silero(Graph graph, Ports ports, ModelId id)
        : graph_(std::move(graph)), ports_(std::move(ports)), id_(std::move(id)) {
        Silero::reset();
    }

    Result<double> judge(std::span<const float, kWindow> window) override {
        const auto audio = graph_.input(ports_.audio), state = graph_.input(ports_.state);
        std::copy(context_.begin(), context_.end(), audio.begin());
        std::copy(window.begin(), window.end(), audio.begin() + kContext);
        TRY(graph_.run());
        const auto next = graph_.output(ports_.next_state);
        std::copy(next.begin(), next.end(), state.begin());
        std::copy(window.end() - kContext, window.end(), context_.begin());
        return static_cast<double>(graph_.output(ports_.likelihood)[0]);
    }

    void reset() override {
        context_.fill(0);
        std::ranges::fill(graph_.input(ports_.state), 0.0F);
    }

    const ModelId& id() const override { return id_; }

  private:
    Graph graph_;
    Ports ports_;
    ModelId id_;
    std::array<float, kContext> context_{};
};

}  // namespace

Result<std::unique_ptr<Detector>> silero_detector(const Model& model) {
    Graph graph = TRY(Graph::load(model.path, {{"input", {1, kContext + kWindow}}, {"state", {2, 1, 128}}}));
    Ports ports = TRY(ports_of(graph, model));
    return std::make_unique<Silero>(std::move(graph), std::move(ports), model.id);
}

}  // namespace haul::speech
