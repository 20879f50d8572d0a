// One client of the control socket, as the server sees it: reads a line, is answered with a line, is closed.
// Never blocks. One thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "base/file.h"
#include "engine/control.h"

namespace haul::engine {

class ControlClient {
  public:
    ControlClient(file::Fd socket, std::chrono::nanoseconds deadline);
    [[nodiscard]] int fd() const { return socket_.get(); }
    [[nodiscard]] short wants() const;  // poll(2) events
    [[nodiscard]] std::chrono::nanoseconds deadline() const { return deadline_; }
    // Does what can be done without waiting. False: over, one way or another.
    [[nodiscard]] bool go_on(const ControlServer::Answer& answer);

  private:
    [[nodiscard]] bool receive(const ControlServer::Answer& answer);
    [[nodiscard]] bool send();

    file::Fd socket_;
    std::chrono::nanoseconds deadline_;
    bool answering_ = false;
    std::string text_;  // the request so far, then the answer
    std::size_t sent_ = 0;
};

}  // namespace haul::engine
