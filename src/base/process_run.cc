// Running a child: start it, feed and drain its pipes, end its group, reap it.
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <string_view>
#include <utility>

#include "base/child_signals.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/process.h"

namespace haul::process {
namespace {

using file::Fd;

std::unexpected<Error> failed(std::string_view operation, const std::string& subject) {
    return failure(os_error(errno, std::string(operation), subject));
}

struct Pipe {
    Fd read, write;
};

Result<Pipe> make_pipe(const std::string& subject) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return failed("make a pipe for", subject);
    return Pipe{Fd(ends[0]), Fd(ends[1])};
}

void make_nonblocking(const Fd& fd) { ::fcntl(fd.get(), F_SETFL, ::fcntl(fd.get(), F_GETFL) | O_NONBLOCK); }

// Everything that the child needs between fork and exec, where nothing may be allocated.
class Image {
  public:
    explicit Image(const Command& command) {
        for (const std::string& argument : command.argv) argv_.push_back(const_cast<char*>(argument.c_str()));
        argv_.push_back(nullptr);
        for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
            const std::string_view text = *entry;
            if (!command.environment.contains(std::string(text.substr(0, text.find('=')))))
                envp_.push_back(*entry);
        }
        for (const auto& [name, value] : command.environment)
            added_.push_back(std::string(name).append("=").append(value));
        for (std::string& entry : added_) envp_.push_back(entry.data());
        envp_.push_back(nullptr);
    }

    // In the child. Returns only where it failed, with errno.
    void become(int input, int output, int errors, ::pid_t parent) const {
        ::setpgid(0, 0);
        // Asked again: the parent may have died before the call.
        if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || ::getppid() != parent) return;
        if (!arrange(input, output, errors)) return;
        reset_signals();
        ::execvpe(argv_[0], argv_.data(), envp_.data());
    }

  private:
    static bool arrange(int input, int output, int errors) {
        // Away from 0, 1, 2 first: we may have been started with those closed, and dup2 would close one of
        // ours.
        constexpr int kAboveStandard = 3;
        const int in = ::fcntl(input, F_DUPFD_CLOEXEC, kAboveStandard);
        const int out = ::fcntl(output, F_DUPFD_CLOEXEC, kAboveStandard);
        const int err = ::fcntl(errors, F_DUPFD_CLOEXEC, kAboveStandard);
        if (in < 0 || out < 0 || err < 0) return false;
        if (::dup2(in, 0) < 0 || ::dup2(out, 1) < 0 || ::dup2(err, 2) < 0) return false;
        return ::close_range(kAboveStandard, ~0U, CLOSE_RANGE_CLOEXEC) == 0;
    }

    std::vector<char*> argv_;
    std::vector<std::string> added_;
    std::vector<char*> envp_;
};

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

    // The whole group first, while the unreaped leader still keeps its number from being given to others.
    int reap() {
        ::kill(-pid_, SIGKILL);
        int status = 0;
        while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
        }
        pid_ = -1;
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }

  private:
    ::pid_t pid_;
};

struct Started {
    Child child;
    Fd ended;  // pidfd: readable once it ended
    Fd input, output, errors;
};

Result<Started> start(const Command& command) {
    const std::string& subject = command.argv.front();
    Pipe input = TRY(make_pipe(subject));
    Pipe output = TRY(make_pipe(subject));
    Pipe errors = TRY(make_pipe(subject));
    Pipe report = TRY(make_pipe(subject));  // carries errno where exec fails
    const Image image(command);
    const ::pid_t parent = ::getpid();
    const ::pid_t pid = ::fork();
    if (pid < 0) return failed("start", subject);
    if (pid == 0) {
        // Only calls that are safe after fork in a program with threads.
        image.become(input.read.get(), output.write.get(), errors.write.get(), parent);
        const int why = errno;
        [[maybe_unused]] const auto put = ::write(report.write.get(), &why, sizeof why);
        ::_exit(127);
    }
    Child child(pid);
    ::setpgid(pid, pid);  // whoever is first: it must be so before anyone signals the group
    report.write = Fd();
    int why = 0;
    ::ssize_t got = 0;
    while ((got = ::read(report.read.get(), &why, sizeof why)) < 0 && errno == EINTR) {
    }
    if (got == sizeof why) return failure(os_error(why, "start", subject));
    Fd ended(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (!ended.valid()) return failed("watch", subject);
    for (const Fd* fd : {&input.write, &output.read, &errors.read}) make_nonblocking(*fd);
    return Started{std::move(child), std::move(ended), std::move(input.write), std::move(output.read),
                   std::move(errors.read)};
}

// Writing to a child that no longer reads must not end us by SIGPIPE.
class NoSigpipe {
  public:
    NoSigpipe() {
        ::sigemptyset(&only_);
        ::sigaddset(&only_, SIGPIPE);
        ::pthread_sigmask(SIG_BLOCK, &only_, &before_);
    }
    ~NoSigpipe() {
        const ::timespec now{};
        while (::sigtimedwait(&only_, nullptr, &now) < 0 && errno == EINTR) {
        }
        ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }
    NoSigpipe(const NoSigpipe&) = delete;
    NoSigpipe& operator=(const NoSigpipe&) = delete;

  private:
    ::sigset_t only_{};
    ::sigset_t before_{};
};

// Readable once a stop is requested.
class StopSignal {
  public:
    explicit StopSignal(const std::stop_token& stop)
        : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), callback_(stop, Raise{fd_.get()}) {}
    [[nodiscard]] int get() const { return fd_.get(); }

  private:
    struct Raise {
        int fd;
        void operator()() const { ::eventfd_write(fd, 1); }
    };
    Fd fd_;
    std::stop_callback<Raise> callback_;
};

// Feeds and drains one child until it ends.
class Conversation {
  public:
    Conversation(const Command& command, Started& started, const std::stop_token& stop)
        : command_(command), started_(started), stop_token_(stop), stop_(stop), unsent_(command.input) {
        if (unsent_.empty()) started_.input = Fd();
    }

    Result<Finished> run() {
        const auto deadline = clock::boot() + command_.limit;
        while (!ended_) {
            if (stop_token_.stop_requested())
                return failure(Code::interrupted, "run", subject(), "stopped on request");
            const auto left = deadline - clock::boot();
            if (left.count() <= 0)
                return failure(Code::timed_out, "run", subject(), "it took too long and was ended");
            TRY(wait(left));
        }
        finished_.exit_code = started_.child.reap();
        // What it wrote before it ended is in the pipes. Their end is not waited for: a daemon it left may
        // hold them.
        drain(started_.output, finished_.output);
        drain(started_.errors, finished_.errors);
        return std::move(finished_);
    }

  private:
    [[nodiscard]] const std::string& subject() const { return command_.argv.front(); }

    Status wait(clock::Nanoseconds left) {
        // poll's clock stands still during suspend, boot time does not: look again every second.
        const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(left);
        const int patience = static_cast<int>(std::min<std::int64_t>(milliseconds.count(), 1000));
        // Closed ones are -1, which poll passes over.
        std::array<::pollfd, 5> watched = {
            ::pollfd{started_.ended.get(), POLLIN, 0}, ::pollfd{stop_.get(), POLLIN, 0},
            ::pollfd{started_.input.get(), POLLOUT, 0}, ::pollfd{started_.output.get(), POLLIN, 0},
            ::pollfd{started_.errors.get(), POLLIN, 0}};
        if (::poll(watched.data(), watched.size(), patience) < 0 && errno != EINTR)
            return failed("wait for", subject());
        if (watched[2].revents != 0) feed();
        if (watched[3].revents != 0) drain(started_.output, finished_.output);
        if (watched[4].revents != 0) drain(started_.errors, finished_.errors);
        ended_ = watched[0].revents != 0;
        return {};
    }

    void feed() {
        const NoSigpipe guard;
        const ::ssize_t put = ::write(started_.input.get(), unsent_.data(), unsent_.size());
        if (put > 0) unsent_.remove_prefix(static_cast<std::size_t>(put));
        // A child may end its input early; what it makes of that shows in its exit code.
        const bool refused = put < 0 && errno != EAGAIN && errno != EINTR;
        if (refused || unsent_.empty()) started_.input = Fd();
    }

    // Reads what is there now, at most some rounds, so that an endless writer cannot keep us from the
    // deadline.
    void drain(Fd& from, std::string& into) {
        constexpr int kRounds = 64;
        for (int i = 0; i < kRounds && from.valid(); ++i) {
            const ::ssize_t got = ::read(from.get(), buffer_.data(), buffer_.size());
            if (got < 0 && errno == EINTR) continue;
            if (got < 0 && errno == EAGAIN) return;
            if (got <= 0) {
                from = Fd();
                return;
            }
            const std::size_t room = command_.output_limit - into.size();
            const std::size_t kept = std::min(room, static_cast<std::size_t>(got));
            into.append(buffer_.data(), kept);
            if (kept < static_cast<std::size_t>(got)) finished_.truncated = true;
        }
    }

    const Command& command_;
    Started& started_;
    std::stop_token stop_token_;
    StopSignal stop_;
    std::string_view unsent_;
    Finished finished_;
    std::vector<char> buffer_ = std::vector<char>(64U << 10U);
    bool ended_ = false;
};

}  // namespace

Result<Finished> run(const Command& command, const std::stop_token& stop) {
    if (command.argv.empty()) return failure(Code::usage, "run", "", "no program was named");
    Started started = TRY(start(command));
    return Conversation(command, started, stop).run();
}

}  // namespace haul::process
