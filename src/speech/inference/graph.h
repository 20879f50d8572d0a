// Runs a neural network in OpenVINO: on the CPU, in 32-bit floats, one inference at a time, so that the same
// input gives the same output on one type of CPU. OpenVINO is loaded with the first model, and a program
// without it works as far as no network is needed.
//
// A Graph belongs to one thread. Inputs and outputs are arrays of float in row-major order; a graph with
// others is refused. Exceptions of OpenVINO end here.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace haul::speech {

class Graph {
  public:
    using Shape = std::vector<std::size_t>;

    // PATH: an ONNX file (or OpenVINO's own). `shapes`: what the dimensions of inputs that the file leaves
    // open are, by input name. Code::unsupported: OpenVINO is not there. Code::corrupt: no such network.
    [[nodiscard]] static Result<Graph> load(const std::string& path,
                                            const std::map<std::string, Shape>& shapes = {});

    // Whether networks can be run at all; Code::unsupported says why not. Thread-safe.
    [[nodiscard]] static Status available();

    Graph(Graph&&) noexcept;
    Graph& operator=(Graph&&) noexcept;
    ~Graph();

    // Names in the file's order.
    [[nodiscard]] const std::vector<std::string>& inputs() const;
    [[nodiscard]] const std::vector<std::string>& outputs() const;
    // What the dimensions of an input are from here on that the file leaves open and load() was not told.
    [[nodiscard]] Status resize(std::string_view name, const Shape& shape);
    // The memory of an input (none while its dimensions are open), to be filled before run(); of an output,
    // valid until the next run(). Empty: there is none of that name. Both belong to the Graph.
    [[nodiscard]] std::span<float> input(std::string_view name);
    [[nodiscard]] std::span<const float> output(std::string_view name) const;
    [[nodiscard]] Status run();

  private:
    struct Loaded;
    explicit Graph(std::unique_ptr<Loaded> loaded);
    std::unique_ptr<Loaded> loaded_;
};

}  // namespace haul::speech
