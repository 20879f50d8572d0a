// The module: networks in OpenVINO. Its exceptions end here.
#include <malloc.h>

#include <cstdlib>
#include <exception>
#include <string>
#include <utility>

#include <openvino/openvino.hpp>

#include "speech/inference/network.h"

namespace haul::speech {
namespace {

// OpenVINO's messages are many lines with paths of its sources: the last one says what was wrong.
std::string last_line(std::string_view text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
    return std::string(text.substr(text.rfind('\n') + 1));
}

// How much is kept of what was made for one length of input, in case that length comes again. Making it takes
// no time to speak of; 2.5 MB for each length of speech, of a thousand lengths, are what both keep unless
// told.
constexpr int kKept = 16;

// One for the process: each holds a thread pool and the plugin.
ov::Core& core() {
    // oneDNN, inside of OpenVINO, reads it from the environment alone. Before the first model there is no
    // other thread that could read it too.
    static const int told = ::setenv("ONEDNN_PRIMITIVE_CACHE_CAPACITY", std::to_string(kKept).c_str(), 1);
    static_cast<void>(told);
    static ov::Core one;
    return one;
}

ov::AnyMap settings() {
    return {ov::inference_num_threads(1),
            ov::num_streams(1),
            ov::hint::inference_precision(ov::element::f32),
            ov::hint::enable_cpu_pinning(false),
            {"CPU_RUNTIME_CACHE_CAPACITY", kKept}};
}

std::string name_of(const ov::Output<const ov::Node>& port) {
    return port.get_names().empty() ? port.get_node()->get_friendly_name() : port.get_any_name();
}

class InOpenVino final : public Network {
  public:
    InOpenVino(const std::string& path, const Shapes& shapes) {
        const auto model = core().read_model(path);
        std::map<std::string, ov::PartialShape> fixed;
        for (const auto& [name, shape] : shapes) fixed.emplace(name, ov::PartialShape(ov::Shape(shape)));
        if (!fixed.empty()) model->reshape(fixed);
        auto compiled = core().compile_model(model, "CPU", settings());
        request_ = compiled.create_infer_request();
        take(compiled.inputs(), inputs);
        take(compiled.outputs(), outputs);
    }

    std::string resize(std::size_t input, const Shape& shape) override {
        return said([&] { request_.get_input_tensor(input).set_shape(ov::Shape(shape)); });
    }
    std::span<float> input(std::size_t index) override {
        ov::Tensor tensor = request_.get_input_tensor(index);
        return {tensor.data<float>(), tensor.get_size()};
    }
    std::span<const float> output(std::size_t index) override {
        const ov::Tensor tensor = request_.get_output_tensor(index);
        return {tensor.data<float>(), tensor.get_size()};
    }
    std::string run() override {
        return said([&] { request_.infer(); });
    }

    template <class Work>
    static std::string said(const Work& work) {
        try {
            work();
            return {};
        } catch (const std::exception& thrown) {
            const std::string why = last_line(thrown.what());
            return why.empty() ? "OpenVINO failed without a word" : why;
        }
    }

  private:
    static void take(const std::vector<ov::Output<const ov::Node>>& ports, std::vector<std::string>& names) {
        for (const auto& port : ports) {
            names.push_back(name_of(port));
            if (port.get_element_type() != ov::element::f32)
                OPENVINO_THROW("'", names.back(), "' is not of 32-bit floats");
        }
    }

    ov::InferRequest request_;
};

}  // namespace
}  // namespace haul::speech

extern "C" __attribute__((visibility("default"))) void haul_load_network(
    const std::string& path, const haul::speech::Shapes& shapes,
    std::unique_ptr<haul::speech::Network>& network, std::string& why) {
    using haul::speech::InOpenVino;
    why = InOpenVino::said([&] { network = std::make_unique<InOpenVino>(path, shapes); });
    // What reading and compiling it took is free by now, and would be kept: about 90 MB of a network of
    // languages.
    ::malloc_trim(0);
}
