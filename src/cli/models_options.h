// What `haul models` takes; see listen_options.h for why it stands here.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/arguments.h"

namespace haul::cli {

struct ModelsOptions {
    std::string action;  // list, build, add, remove, verify
    std::string name;    // of a model, or what it decides; empty: all
    std::optional<std::string> path, sha256, labels;
    std::string input = "pcm";
    std::optional<std::string> models;
};
void declare_models_options(Arguments& arguments, ModelsOptions& options);

}  // namespace haul::cli
