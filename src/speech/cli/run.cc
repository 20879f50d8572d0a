#include "speech/cli/run.h"

#include <string>
#include <string_view>
#include <vector>

#include "base/process.h"
#include "cli/command.h"
#include "cli/dispatch.h"
#include "cli/output.h"
#include "speech/cli/commands.h"
#include "speech/decode/child.h"

namespace haul::speech {

int run(int argc, char** argv) {
    if (argc == 2 && std::string_view(argv[1]) == "decode-child") run_decoder_child();
    process::open_standard_streams();
    const std::vector<std::string> words(argv + (argc > 0 ? 1 : 0), argv + argc);
    const std::string first = words.empty() ? "" : words.front();
    if (first != "listen" && first != "models") {
        cli::complain("haul-speech is started by haul: see `haul listen --help` and `haul models --help`\n");
        return 2;
    }
    cli::Command command = *cli::find_command(first);
    command.declare = first == "listen" ? declare_listening : declare_keeping_models;
    return cli::run_command(command, words);
}

}  // namespace haul::speech
