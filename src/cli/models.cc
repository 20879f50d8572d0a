#include <memory>

#include "cli/command.h"
#include "cli/models_options.h"
#include "cli/speech_program.h"

namespace haul::cli {

Handler declare_models(Arguments& arguments) {
    auto options = std::make_shared<ModelsOptions>();
    declare_models_options(arguments, *options);
    return [options](const std::vector<std::string>& words) { return run_speech_program(words); };
}

}  // namespace haul::cli
