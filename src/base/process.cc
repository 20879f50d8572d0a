#include "base/process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <system_error>

#include "base/file.h"

namespace haul::process {
namespace {

constexpr std::uint64_t kProcFileLimit = 1U << 20U;

// First line of a small file; empty where it cannot be read.
std::string first_line(const std::string& path) {
    auto text = file::read_whole(path, kProcFileLimit);
    if (!text) return {};
    return text->substr(0, text->find('\n'));
}

std::string replaced_by(const char* variable, const std::string& path) {
    const char* value = std::getenv(variable);
    return value != nullptr ? std::string(value) : first_line(path);
}

std::string_view next_word(std::string_view& text) {
    const std::size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
    text.remove_prefix(begin);
    const std::string_view word = text.substr(0, text.find_first_of(" \t\n"));
    text.remove_prefix(word.size());
    return word;
}

std::uint64_t number_in(std::string_view digits) {
    std::uint64_t value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

struct ProcStat {
    char state = '?';
    std::uint64_t start = 0;
};

std::optional<ProcStat> stat_of(std::int64_t pid) {
    auto text = file::read_whole(fmt::format("/proc/{}/stat", pid), kProcFileLimit);
    if (!text) return std::nullopt;
    // The name in field 2 may hold anything, parentheses and spaces too: only the last `)` ends it.
    const std::size_t end = text->rfind(')');
    if (end == std::string::npos) return std::nullopt;
    std::string_view rest = std::string_view(*text).substr(end + 1);
    constexpr int kStateField = 3;
    constexpr int kStartField = 22;
    ProcStat stat;
    for (int field = kStateField; field <= kStartField; ++field) {
        const std::string_view word = next_word(rest);
        if (word.empty()) return std::nullopt;
        if (field == kStateField) stat.state = word[0];
        if (field == kStartField) stat.start = number_in(word);
    }
    return stat;
}

std::uint64_t own_pid_namespace() {
    struct ::stat info{};
    return ::stat("/proc/self/ns/pid", &info) == 0 ? info.st_ino : 0;
}

Liveness liveness_here(const Identity& identity) {
    if (identity.pid <= 0) return Liveness::dead;
    const auto stat = stat_of(identity.pid);
    if (!stat) {
        // /proc may hide the processes of others (hidepid); signal 0 tells whether there is one.
        const bool gone = ::kill(static_cast<::pid_t>(identity.pid), 0) != 0 && errno == ESRCH;
        return gone ? Liveness::dead : Liveness::unknown;
    }
    // A zombie does nothing any more, it waits for its parent only.
    const bool ended = stat->state == 'Z' || stat->state == 'X';
    return ended || stat->start != identity.pid_start ? Liveness::dead : Liveness::alive;
}

}  // namespace

Identity self() {
    Identity identity;
    identity.machine_id = replaced_by("HAUL_TEST_MACHINE_ID", "/etc/machine-id");
    identity.boot_id = replaced_by("HAUL_TEST_BOOT_ID", "/proc/sys/kernel/random/boot_id");
    identity.pid_namespace = own_pid_namespace();
    identity.pid = ::getpid();
    identity.pid_start = stat_of(identity.pid).value_or(ProcStat{}).start;
    return identity;
}

Liveness liveness(const Identity& identity) {
    const Identity me = self();
    if (identity.machine_id != me.machine_id) return Liveness::unknown;
    if (identity.boot_id != me.boot_id) {
        // Machines without an id cannot be told apart: another boot may be another machine.
        return me.machine_id.empty() || identity.boot_id.empty() ? Liveness::unknown : Liveness::dead;
    }
    if (me.boot_id.empty() || identity.pid_namespace != me.pid_namespace) return Liveness::unknown;
    return liveness_here(identity);
}

void open_standard_streams() {
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        // Without O_CLOEXEC, as children inherit them. The lowest free number is taken: this one.
        if (::fcntl(stream, F_GETFD) < 0 && errno == EBADF) static_cast<void>(::open("/dev/null", O_RDWR));
    }
}

void prepare_limits() {
    ::rlimit limit{};
    // A core dump would write credentials and gigabytes of buffers to disk.
    if (::getrlimit(RLIMIT_CORE, &limit) == 0) {
        limit.rlim_cur = 0;
        ::setrlimit(RLIMIT_CORE, &limit);
    }
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &limit);
    }
}

std::filesystem::path program_folder() {
    std::error_code unseen;
    return std::filesystem::read_symlink("/proc/self/exe", unseen).parent_path();
}

std::uint64_t peak_rss() {
    // Not getrusage: its figure is inherited from whoever started us.
    constexpr std::string_view kField = "VmHWM:";
    const auto status = file::read_whole("/proc/self/status", kProcFileLimit);
    if (!status) return 0;
    const std::size_t at = status->find(kField);
    if (at == std::string::npos) return 0;
    std::string_view rest = std::string_view(*status).substr(at + kField.size());
    return number_in(next_word(rest)) * 1024;
}

}  // namespace haul::process
