#include "speech/inference/graph.h"

#include <algorithm>
#include <exception>
#include <utility>

#include <openvino/openvino.hpp>

namespace haul::speech {
namespace {

Error refused(const std::string& path, std::string detail) {
    return make_error(Code::corrupt, "load the model", path, std::move(detail))
        .with_remedy(
            "`haul models verify` says which files are damaged; `haul models build` makes them again");
}

// OpenVINO's messages are many lines with paths of its sources: the last one says what was wrong.
std::string last_line(std::string_view text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
    return std::string(text.substr(text.rfind('\n') + 1));
}

// One for the process: each holds a thread pool and the plugin.
ov::Core& core() {
    static ov::Core one;
    return one;
}

ov::AnyMap settings() {
    return {ov::inference_num_threads(1), ov::num_streams(1), ov::hint::inference_precision(ov::element::f32),
            ov::hint::enable_cpu_pinning(false)};
}

std::string name_of(const ov::Output<const ov::Node>& port) {
    return port.get_names().empty() ? port.get_node()->get_friendly_name() : port.get_any_name();
}

}  // namespace

struct Graph::Loaded {
    std::string path;
    ov::InferRequest request;
    std::vector<std::string> inputs, outputs;
};

Graph::Graph(std::unique_ptr<Loaded> loaded) : loaded_(std::move(loaded)) {}
Graph::Graph(Graph&&) noexcept = default;
Graph& Graph::operator=(Graph&&) noexcept = default;
Graph::~Graph() = default;

Result<Graph> Graph::load(const std::string& path, const std::map<std::string, Shape>& shapes) {
    try {
        const auto model = core().read_model(path);
        std::map<std::string, ov::PartialShape> fixed;
        for (const auto& [name, shape] : shapes) fixed.emplace(name, ov::PartialShape(ov::Shape(shape)));
        if (!fixed.empty()) model->reshape(fixed);
        auto compiled = core().compile_model(model, "CPU", settings());
        auto loaded = std::make_unique<Loaded>();
        loaded->path = path;
        loaded->request = compiled.create_infer_request();
        const auto take = [&](const auto& ports, std::vector<std::string>& names) -> Status {
            for (const auto& port : ports) {
                names.push_back(name_of(port));
                if (port.get_element_type() != ov::element::f32)
                    return failure(refused(path, "'" + names.back() + "' is not of 32-bit floats"));
            }
            return {};
        };
        TRY(take(compiled.inputs(), loaded->inputs));
        TRY(take(compiled.outputs(), loaded->outputs));
        return Graph(std::move(loaded));
    } catch (const std::exception& thrown) {
        return failure(refused(path, last_line(thrown.what())));
    }
}

const std::vector<std::string>& Graph::inputs() const { return loaded_->inputs; }
const std::vector<std::string>& Graph::outputs() const { return loaded_->outputs; }

std::span<float> Graph::input(std::string_view name) {
    const auto found = std::find(loaded_->inputs.begin(), loaded_->inputs.end(), name);
    if (found == loaded_->inputs.end()) return {};
    ov::Tensor tensor =
        loaded_->request.get_input_tensor(static_cast<std::size_t>(found - loaded_->inputs.begin()));
    return {tensor.data<float>(), tensor.get_size()};
}

Status Graph::resize(std::string_view name, const Shape& shape) {
    const auto found = std::find(loaded_->inputs.begin(), loaded_->inputs.end(), name);
    if (found == loaded_->inputs.end())
        return failure(refused(loaded_->path, "it has no input '" + std::string(name) + "'"));
    try {
        const auto index = static_cast<std::size_t>(found - loaded_->inputs.begin());
        loaded_->request.get_input_tensor(index).set_shape(ov::Shape(shape));
        return {};
    } catch (const std::exception& thrown) {
        return failure(refused(loaded_->path, last_line(thrown.what())));
    }
}

std::span<const float> Graph::output(std::string_view name) const {
    const auto found = std::find(loaded_->outputs.begin(), loaded_->outputs.end(), name);
    if (found == loaded_->outputs.end()) return {};
    const ov::Tensor tensor =
        loaded_->request.get_output_tensor(static_cast<std::size_t>(found - loaded_->outputs.begin()));
    return {tensor.data<float>(), tensor.get_size()};
}

Status Graph::run() {
    try {
        loaded_->request.infer();
        return {};
    } catch (const std::exception& thrown) {
        return failure(Code::internal, "run the model", loaded_->path, last_line(thrown.what()));
    }
}

}  // namespace haul::speech
