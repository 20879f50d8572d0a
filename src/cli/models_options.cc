#include "cli/models_options.h"

namespace haul::cli {

void declare_models_options(Arguments& arguments, ModelsOptions& options) {
    arguments.positional("ACTION", options.action, "list, build, add, remove or verify");
    arguments.among({"list", "build", "add", "remove", "verify"});
    arguments.positional(
        "NAME", options.name,
        "build: a model, or what it decides (activity, child, language); without it: all that "
        "are missing. add and remove: what your model decides",
        false);
    arguments.text("--path", options.path, "FILE", "add: the ONNX file, which is copied in");
    arguments.text("--sha256", options.sha256, "HEX", "add: what it must be");
    arguments.text("--labels", options.labels, "WORDS",
                   "add: what its outputs are called, in order, with commas between");
    arguments.choice("--input", options.input, {"pcm", "log-mel"},
                     "add: what it is given: samples of 16 kHz, or 80 log-mel bands");
    arguments.text("--models", options.models, "DIR", "where models lie (~/.local/share/haul/models)");
}

}  // namespace haul::cli
