// The program haul-speech: the commands of haul that need ears, and the decoding process.
#pragma once

namespace haul::speech {

// argv as main() got it; returns the exit code (docs/cli.md).
[[nodiscard]] int run(int argc, char** argv);

}  // namespace haul::speech
