// A child that stays: it is given a line on its standard input and answers with a line on its standard
// output.
//
// Started clean as process::run starts one (argv only, own process group); it dies with the thread that
// started it, and is ended and reaped when this goes. What it writes to its standard error is read, and its
// end kept for messages. One thread at a time.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/process.h"
#include "base/result.h"

namespace haul::process {

class Companion {
  public:
    // Command::input, limit and output_limit play no part.
    [[nodiscard]] static Result<Companion> start(const Command& command);
    Companion(Companion&& other) noexcept;
    Companion& operator=(Companion&& other) noexcept;
    ~Companion();

    // Writes `line` and a line break, waits for a whole line, and returns it without its break.
    // Code::timed_out: no answer within `limit`; io: it ended, or answered with more than `most` bytes. After
    // these two and after Code::interrupted it is ended: start another.
    [[nodiscard]] Result<std::string> ask(std::string_view line, std::chrono::nanoseconds limit,
                                          const std::stop_token& stop,
                                          std::size_t most = std::size_t{64} << 20U);
    [[nodiscard]] bool ended() const;
    [[nodiscard]] ::pid_t pid() const;  // 0: ended

  private:
    struct State;
    explicit Companion(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace haul::process
