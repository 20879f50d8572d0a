#include "speech/decode/child_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "base/child_signals.h"
#include "base/number.h"
#include "speech/decode/wire.h"

namespace haul::speech {
namespace {

// What the child needs between fork and exec, where nothing may be allocated.
class Image {
  public:
    explicit Image(const std::vector<std::string>& program) {
        for (const std::string& argument : program) argv_.push_back(const_cast<char*>(argument.c_str()));
        argv_.push_back(nullptr);
        // Where the loader found our libraries; nothing else of our environment is a decoder's business.
        constexpr std::string_view kKept = "LD_LIBRARY_PATH=";
        for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry)
            if (std::string_view(*entry).starts_with(kKept)) envp_.push_back(*entry);
        envp_.push_back(nullptr);
    }

    // In the child; does not return. Where it fails it says so over the socket.
    [[noreturn]] void become(int socket, ::pid_t parent) const {
        ::setpgid(0, 0);
        process::reset_signals();
        // Asked again: the parent may have died before the call.
        if (::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && ::getppid() == parent && arrange(socket))
            ::execve(argv_[0], argv_.data(), envp_.data());
        wire::NotReady why{.os_error = errno};
        wire::put(why.step, "start");
        static_cast<void>(wire::send(socket, wire::Kind::not_ready, why));
        ::_exit(127);
    }

  private:
    static bool arrange(int socket) {
        // Above all numbers that are given out here: dup2 would close it.
        const int kept = ::fcntl(socket, F_DUPFD_CLOEXEC, wire::kChildSocket + 1);
        const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
        if (kept < 0 || null < 0) return false;
        for (int stream = 0; stream <= STDERR_FILENO; ++stream)
            // Onto itself, dup2 would leave it to be closed by exec.
            if ((null == stream ? ::fcntl(null, F_SETFD, 0) : ::dup2(null, stream)) < 0) return false;
        if (::dup2(kept, wire::kChildSocket) < 0) return false;
        return ::close_range(wire::kChildSocket + 1, ~0U, CLOSE_RANGE_CLOEXEC) == 0;
    }

    std::vector<char*> argv_;
    std::vector<char*> envp_;
};

std::unexpected<Error> failed(std::string_view operation) {
    return failure(os_error(errno, std::string(operation), "the decoder"));
}

}  // namespace

Result<ChildProcess> ChildProcess::start(const std::vector<std::string>& program) {
    if (program.empty()) return failure(Code::usage, "start", "the decoder", "no program was named");
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
        return failed("make a socket for");
    file::Fd ours(ends[0]);
    const file::Fd theirs(ends[1]);
    const Image image(program);
    const ::pid_t parent = ::getpid();
    const ::pid_t pid = ::fork();
    if (pid < 0) return failed("start");
    if (pid == 0) image.become(theirs.get(), parent);
    ::setpgid(pid, pid);  // whoever is first: it must be so before anyone signals the group
    return ChildProcess(pid, std::move(ours));
}

Result<std::chrono::seconds> ChildProcess::processor_time() const {
    const std::string stat = TRY(file::read_whole(fmt::format("/proc/{}/stat", pid_), 4096));
    // The name in field 2 may hold anything, parentheses and spaces too: only the last `)` ends it.
    std::string_view rest = std::string_view(stat).substr(stat.rfind(')') + 1);
    constexpr int kUserField = 14;
    constexpr int kSystemField = 15;
    std::uint64_t ticks = 0;
    for (int field = 3; field <= kSystemField; ++field) {
        rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
        const std::string_view word = rest.substr(0, rest.find(' '));
        rest.remove_prefix(word.size());
        if (field >= kUserField) ticks += text::whole_number<std::uint64_t>(word).value_or(0);
    }
    const auto a_second = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
    return std::chrono::seconds(ticks / a_second + 1);
}

Status ChildProcess::limit_processor_time(std::chrono::seconds most) const {
    // The soft limit alone: the hard one could not be raised again for the next file.
    ::rlimit limit{};
    if (::prlimit(pid_, RLIMIT_CPU, nullptr, &limit) != 0) return failed("limit");
    limit.rlim_cur = std::min(static_cast<::rlim_t>(most.count()), limit.rlim_max);
    if (::prlimit(pid_, RLIMIT_CPU, &limit, nullptr) != 0) return failed("limit");
    return {};
}

int ChildProcess::end() {
    if (pid_ <= 0) return 0;
    socket_ = file::Fd();
    // The whole group first, while the unreaped leader still keeps its number from being given to others.
    ::kill(-pid_, SIGKILL);
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return status;
}

std::string ending_text(int wait_status) {
    if (!WIFSIGNALED(wait_status)) return fmt::format("ended with {}", WEXITSTATUS(wait_status));
    const int signal = WTERMSIG(wait_status);
    return fmt::format("was ended by signal {} ({})", signal, ::sigdescr_np(signal));
}

}  // namespace haul::speech
