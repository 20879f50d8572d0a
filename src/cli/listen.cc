#include <memory>

#include "cli/command.h"
#include "cli/listen_options.h"
#include "cli/speech_program.h"

namespace haul::cli {

Handler declare_listen(Arguments& arguments) {
    auto options = std::make_shared<ListenOptions>();
    declare_listen_options(arguments, *options);
    return [options](const std::vector<std::string>& words) { return run_speech_program(words); };
}

}  // namespace haul::cli
