#include "cli/cli.h"

#include <string>
#include <vector>

#include "base/process.h"
#include "cli/dispatch.h"

namespace haul::cli {

int run(int argc, char** argv) {
    process::open_standard_streams();
    process::prepare_limits();
    const std::vector<std::string> words(argv + (argc > 0 ? 1 : 0), argv + argc);
    return dispatch(words);
}

}  // namespace haul::cli
