// The decoder child as its parent holds it: started clean, limited from outside, certainly ended and reaped.
//
// It gets its arguments, an environment of next to nothing, the null device for its three streams, one socket
// and no other descriptor; it is the head of a process group of its own, and dies with the thread that
// started it (PR_SET_PDEATHSIG is of threads). Belongs to that thread.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/result.h"

namespace haul::speech {

class ChildProcess {
  public:
    // Returns once it is forked: that it is ready, or could not be, is its first packet. PROGRAM: argv; not
    // looked up in PATH.
    [[nodiscard]] static Result<ChildProcess> start(const std::vector<std::string>& program);

    ChildProcess(ChildProcess&& other) noexcept
        : pid_(std::exchange(other.pid_, -1)), socket_(std::move(other.socket_)) {}
    ChildProcess& operator=(ChildProcess&&) = delete;
    ~ChildProcess() { end(); }

    [[nodiscard]] int socket() const { return socket_.get(); }
    [[nodiscard]] ::pid_t pid() const { return pid_; }

    // Processor time that it has taken so far, whole seconds, rounded up.
    [[nodiscard]] Result<std::chrono::seconds> processor_time() const;
    // SIGXCPU ends it once it has taken so much since it began.
    [[nodiscard]] Status limit_processor_time(std::chrono::seconds most) const;

    // Kills its whole group and reaps it; its status as waitpid says it (0 where it was reaped before).
    int end();

  private:
    ChildProcess(::pid_t pid, file::Fd socket) : pid_(pid), socket_(std::move(socket)) {}
    ::pid_t pid_;
    file::Fd socket_;
};

// "was ended by signal 11 (Segmentation fault)", "ended with 3"
[[nodiscard]] std::string ending_text(int wait_status);

}  // namespace haul::speech
