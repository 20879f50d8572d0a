#include "speech/decode/sandbox.h"

#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <memory>

#include "base/file.h"
#include "base/number.h"

namespace haul::speech {
namespace {

// All that a decoder asks of the kernel once its file is open. What is neither here nor below is refused.
constexpr std::array kAllowed = {
    SCMP_SYS(pread64),         SCMP_SYS(recvmsg),        SCMP_SYS(sendmsg),          SCMP_SYS(close),
    SCMP_SYS(munmap),          SCMP_SYS(mremap),         SCMP_SYS(madvise),          SCMP_SYS(brk),
    SCMP_SYS(futex),           SCMP_SYS(clock_gettime),  SCMP_SYS(gettimeofday),     SCMP_SYS(getrandom),
    SCMP_SYS(restart_syscall), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn),     SCMP_SYS(getpid),
    SCMP_SYS(gettid),          SCMP_SYS(exit),           SCMP_SYS(exit_group),       SCMP_SYS(sched_yield),
    SCMP_SYS(write),           SCMP_SYS(writev),         SCMP_SYS(sched_getaffinity)};

#ifdef HAUL_UNDER_ASAN
// AddressSanitizer asks for it before functions that do not return. Its shadow memory is mapped by the time
// the address space is limited, so that limit holds in such a build, too.
constexpr std::array kOfTheSanitizer = {SCMP_SYS(sigaltstack)};
#else
constexpr std::array<int, 0> kOfTheSanitizer{};
#endif

// No library tries these in passing: whoever does is no decoder any more.
constexpr std::array kDeadly = {SCMP_SYS(execve),
                                SCMP_SYS(execveat),
                                SCMP_SYS(fork),
                                SCMP_SYS(vfork),
                                SCMP_SYS(clone),
                                SCMP_SYS(clone3),
                                SCMP_SYS(ptrace),
                                SCMP_SYS(connect),
                                SCMP_SYS(process_vm_readv),
                                SCMP_SYS(process_vm_writev),
                                SCMP_SYS(bpf),
                                SCMP_SYS(io_uring_setup),
                                SCMP_SYS(kill),
                                SCMP_SYS(userfaultfd)};

struct Release {
    void operator()(void* filter) const { ::seccomp_release(filter); }
};

// Each returns 0 or a negative errno, as libseccomp does.
int allow_memory(::scmp_filter_ctx filter) {
    const ::scmp_arg_cmp not_executable = SCMP_A2_64(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
    const ::scmp_arg_cmp of_no_file = SCMP_A3_64(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS);
    const int mapped =
        ::seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2, not_executable, of_no_file);
    if (mapped != 0) return mapped;
    return ::seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, not_executable);
}

// abort() of a library's assertion, so that the parent sees what it was.
int allow_abort(::scmp_filter_ctx filter) {
    const ::scmp_arg_cmp own = SCMP_A0_64(SCMP_CMP_EQ, static_cast<scmp_datum_t>(::getpid()));
    const ::scmp_arg_cmp abort_signal = SCMP_A2_64(SCMP_CMP_EQ, SIGABRT);
    return ::seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 2, own, abort_signal);
}

int filter_calls() {
    const std::unique_ptr<void, Release> filter(::seccomp_init(SCMP_ACT_ERRNO(EPERM)));
    if (filter == nullptr) return -ENOMEM;
    int failed = ::seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_TSYNC, 1);
    for (const int call : kAllowed)
        if (failed == 0) failed = ::seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, 0);
    for (const int call : kOfTheSanitizer)
        if (failed == 0) failed = ::seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, 0);
    for (const int call : kDeadly)
        if (failed == 0) failed = ::seccomp_rule_add(filter.get(), SCMP_ACT_KILL_PROCESS, call, 0);
    if (failed == 0) failed = allow_memory(filter.get());
    if (failed == 0) failed = allow_abort(filter.get());
    if (failed == 0) failed = ::seccomp_load(filter.get());
    return failed;
}

// Of everything that is mapped, libraries included: what RLIMIT_AS counts. 0: unknown.
std::uint64_t mapped_bytes() {
    const auto text = file::read_whole("/proc/self/statm", 4096);
    if (!text) return 0;
    const auto pages = text::whole_number<std::uint64_t>(std::string_view(*text).substr(0, text->find(' ')));
    return pages.value_or(0) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

// Never above what somebody has set for us already.
bool limit(__rlimit_resource resource, std::uint64_t most) {
    ::rlimit both{};
    if (::getrlimit(resource, &both) != 0) return false;
    both.rlim_max = std::min<::rlim_t>(both.rlim_max, most);
    both.rlim_cur = both.rlim_max;
    return ::setrlimit(resource, &both) == 0;
}

}  // namespace

std::optional<NotConfined> confine() {
    const std::uint64_t mapped = mapped_bytes();
    if (mapped == 0) return NotConfined{"read /proc/self/statm", errno};
    constexpr std::uint64_t kDescriptors = 16;
    if (!limit(RLIMIT_AS, mapped + kDecoderMemory) || !limit(RLIMIT_NOFILE, kDescriptors) ||
        !limit(RLIMIT_FSIZE, 0) || !limit(RLIMIT_CORE, 0))
        return NotConfined{"limit its resources", errno};
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return NotConfined{"give up new privileges", errno};
    if (const int failed = filter_calls(); failed != 0) return NotConfined{"filter system calls", -failed};
    return std::nullopt;
}

}  // namespace haul::speech
