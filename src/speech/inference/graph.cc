#include "speech/inference/graph.h"

#include <algorithm>
#include <utility>

#include "speech/inference/network.h"
#include "speech/inference/runtime.h"

namespace haul::speech {
namespace {

Error refused(const std::string& path, std::string detail) {
    return make_error(Code::corrupt, "load the model", path, std::move(detail))
        .with_remedy(
            "`haul models verify` says which files are damaged; `haul models build` makes them again");
}

std::size_t place_of(const std::vector<std::string>& names, std::string_view name) {
    return static_cast<std::size_t>(std::ranges::find(names, name) - names.begin());
}

}  // namespace

struct Graph::Loaded {
    std::string path;
    std::unique_ptr<Network> network;
};

Graph::Graph(std::unique_ptr<Loaded> loaded) : loaded_(std::move(loaded)) {}
Graph::Graph(Graph&&) noexcept = default;
Graph& Graph::operator=(Graph&&) noexcept = default;
Graph::~Graph() = default;

Status Graph::available() {
    TRY(runtime());
    return {};
}

Result<Graph> Graph::load(const std::string& path, const std::map<std::string, Shape>& shapes) {
    LoadNetwork* const load = TRY(runtime());
    auto loaded = std::make_unique<Loaded>();
    loaded->path = path;
    std::string why;
    load(path, shapes, loaded->network, why);
    if (!why.empty()) return failure(refused(path, std::move(why)));
    return Graph(std::move(loaded));
}

const std::vector<std::string>& Graph::inputs() const { return loaded_->network->inputs; }
const std::vector<std::string>& Graph::outputs() const { return loaded_->network->outputs; }

std::span<float> Graph::input(std::string_view name) {
    const std::size_t place = place_of(inputs(), name);
    if (place == inputs().size()) return {};
    return loaded_->network->input(place);
}

Status Graph::resize(std::string_view name, const Shape& shape) {
    const std::size_t place = place_of(inputs(), name);
    if (place == inputs().size())
        return failure(refused(loaded_->path, "it has no input '" + std::string(name) + "'"));
    if (std::string why = loaded_->network->resize(place, shape); !why.empty())
        return failure(refused(loaded_->path, std::move(why)));
    return {};
}

std::span<const float> Graph::output(std::string_view name) const {
    const std::size_t place = place_of(outputs(), name);
    if (place == outputs().size()) return {};
    return loaded_->network->output(place);
}

Status Graph::run() {
    if (std::string why = loaded_->network->run(); !why.empty())
        return failure(Code::internal, "run the model", loaded_->path, std::move(why));
    return {};
}

}  // namespace haul::speech
