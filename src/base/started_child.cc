// Starting a child: its pipes, and what happens between fork and exec.
#include "base/started_child.h"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <string>
#include <string_view>
#include <vector>

#include "base/child_signals.h"

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

}  // namespace

// The whole group first, while the unreaped leader still keeps its number from being given to others.
int Child::reap() {
    ::kill(-pid_, SIGKILL);
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

Result<StartedChild> start_child(const Command& command) {
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
    return StartedChild{std::move(child), std::move(ended), std::move(input.write), std::move(output.read),
                        std::move(errors.read)};
}

NoSigpipe::NoSigpipe() {
    ::sigemptyset(&only_);
    ::sigaddset(&only_, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &only_, &before_);
}

NoSigpipe::~NoSigpipe() {
    const ::timespec now{};
    while (::sigtimedwait(&only_, nullptr, &now) < 0 && errno == EINTR) {
    }
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

StopSignal::StopSignal(const std::stop_token& stop)
    : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), callback_(stop, Raise{fd_.get()}) {}

void StopSignal::Raise::operator()() const { ::eventfd_write(fd, 1); }

}  // namespace haul::process
