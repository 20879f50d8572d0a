// The command line: one file a command, flags -> one flow -> exit code. Nothing else of the program prints.
#pragma once

namespace haul::cli {

// Runs one command to its end and returns the process's exit code (cli/exit_code.h).
[[nodiscard]] int run(int argc, char** argv);

}  // namespace haul::cli
