// The haul program: everything is behind cli::run.
#include "cli/cli.h"

int main(int argc, char** argv) { return haul::cli::run(argc, argv); }
