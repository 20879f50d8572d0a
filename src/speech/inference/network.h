// What crosses to the module that holds OpenVINO (openvino/module.cc), which is loaded when the first model
// is: a program without it still starts, and hears with what needs no network. Both sides are built together.
//
// Plain types only: the module shares no room. Nothing here throws; a failure is its words, none is success.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace haul::speech {

using Shape = std::vector<std::size_t>;
using Shapes = std::map<std::string, Shape>;  // by input name

class Network {
  public:
    Network() = default;
    virtual ~Network() = default;
    Network(const Network&) = delete;
    Network& operator=(const Network&) = delete;

    std::vector<std::string> inputs, outputs;  // names in the file's order

    [[nodiscard]] virtual std::string resize(std::size_t input, const Shape& shape) = 0;
    [[nodiscard]] virtual std::span<float> input(std::size_t index) = 0;
    [[nodiscard]] virtual std::span<const float> output(std::size_t index) = 0;
    [[nodiscard]] virtual std::string run() = 0;
};

// The module's one symbol. `network` stays empty where `why` is not.
inline constexpr const char* kLoadNetwork = "haul_load_network";
using LoadNetwork = void(const std::string& path, const Shapes& shapes, std::unique_ptr<Network>& network,
                         std::string& why);

}  // namespace haul::speech
