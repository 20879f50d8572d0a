// Which models decide, where they lie, and that they are what their hashes say.
//
// A folder of models ($XDG_DATA_HOME/haul/models unless said) holds the ONNX files and `models.json`, which
// names them. Written whole and renamed; readers see one state. Thread-safe between processes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace haul::speech {

// What is said of a model wherever it decided something.
struct ModelId {
    std::string name;
    std::string sha256;  // of its file, 64 hex digits; empty: built in
    bool operator==(const ModelId&) const = default;
};

// What a model decides.
enum class Role : std::uint8_t { activity, child, language };
// What it is given: 16 kHz mono samples, or 80 log-mel bands.
enum class Input : std::uint8_t { pcm, log_mel };

struct Model {
    Role role = Role::activity;
    ModelId id{};
    std::string path{};
    Input input = Input::pcm;
    std::vector<std::string> labels{};  // of its outputs, in order; empty: as its maker's model has them
    bool operators = false;             // added by the operator, and so before ours
};

// The model that decides `role`: the operator's own where one was added, else ours where it was built; none:
// neither. Code::corrupt: the file is not what its hash says, with the remedy.
[[nodiscard]] Result<std::optional<Model>> find_model(const std::string& folder, Role role);

// "activity", "child", "language".
[[nodiscard]] std::string_view name_of(Role role);

}  // namespace haul::speech
