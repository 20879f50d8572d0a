// A child of ours with its three pipes, as process::run and Companion hold it.
#pragma once

#include <sys/types.h>

#include <csignal>
#include <stop_token>
#include <utility>

#include "base/file.h"
#include "base/process.h"
#include "base/result.h"

namespace haul::process {

// A child that is certainly ended and reaped when this goes.
class Child {
  public:
    explicit Child(::pid_t pid) : pid_(pid) {}
    Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}
    Child& operator=(Child&&) = delete;
    ~Child() {
        if (pid_ > 0) reap();
    }
    [[nodiscard]] ::pid_t pid() const { return pid_; }

    // Ends the whole group; the exit code, 128 + signal where one ended it.
    int reap();

  private:
    ::pid_t pid_;
};

struct StartedChild {
    Child child;
    file::Fd ended;                  // pidfd: readable once it ended
    file::Fd input, output, errors;  // ours; they do not block
};

// Argv and environment of `command`; what is to be written is the caller's business. The child dies with the
// thread that called this (PR_SET_PDEATHSIG).
[[nodiscard]] Result<StartedChild> start_child(const Command& command);

// Writing to a child that no longer reads must not end us by SIGPIPE.
class NoSigpipe {
  public:
    NoSigpipe();
    ~NoSigpipe();
    NoSigpipe(const NoSigpipe&) = delete;
    NoSigpipe& operator=(const NoSigpipe&) = delete;

  private:
    ::sigset_t only_{};
    ::sigset_t before_{};
};

// Readable once a stop is requested.
class StopSignal {
  public:
    explicit StopSignal(const std::stop_token& stop);
    [[nodiscard]] int get() const { return fd_.get(); }

  private:
    struct Raise {
        int fd;
        void operator()() const;
    };
    file::Fd fd_;
    std::stop_callback<Raise> callback_;
};

}  // namespace haul::process
