// Standard output and error of the program: the only place that writes to them, beside the displays of
// report/.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace haul::cli {

// Buffered standard output. Errors come with the write that meets them; flush() at the end, or the rest is
// lost.
class Output {
  public:
    [[nodiscard]] Status write(std::string_view text);
    [[nodiscard]] Status flush();

  private:
    std::string pending_;
};

// At once. For short answers; a failure to write is an error of the command.
[[nodiscard]] Status print(std::string_view text);
// To standard error; failures are ignored, there is nowhere left to say them.
void complain(std::string_view text);

}  // namespace haul::cli
