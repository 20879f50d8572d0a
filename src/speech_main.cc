// The haul-speech program: everything is behind speech::run.
#include "speech/cli/run.h"

int main(int argc, char** argv) { return haul::speech::run(argc, argv); }
