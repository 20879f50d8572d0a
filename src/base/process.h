// Processes: who we are, whether another is alive, and running children.
//
// Children get argv only (no shell), an own process group, closed descriptors, both pipes drained, and die
// with us (PR_SET_PDEATHSIG). Thread-safe.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"

namespace haul::process {

// Tells one process from every other, on any machine, at any time. Ids are as the kernel writes them.
struct Identity {
    std::string machine_id;       // /etc/machine-id; empty where there is none
    std::string boot_id;          // /proc/sys/kernel/random/boot_id
    std::uint64_t pid_namespace;  // inode of /proc/self/ns/pid
    std::int64_t pid;
    std::uint64_t pid_start;  // field 22 of /proc/PID/stat, clock ticks since boot
    bool operator==(const Identity&) const = default;
};
// HAUL_TEST_MACHINE_ID, HAUL_TEST_BOOT_ID replace the first two, so that tests can be two machines.
[[nodiscard]] Identity self();

enum class Liveness : std::uint8_t {
    alive,
    dead,
    unknown,  // another machine or PID namespace: cannot be seen from here
};
// dead: same machine with another boot, or same boot and namespace with that pid gone or started at another
// time.
[[nodiscard]] Liveness liveness(const Identity& identity);

struct Command {
    std::vector<std::string> argv;                   // argv[0] is looked up in PATH
    std::map<std::string, std::string> environment;  // added to ours
    std::string input;                               // written to its standard input
    std::chrono::nanoseconds limit = std::chrono::hours(1);
    std::size_t output_limit = 16U << 20U;  // bytes kept of each stream; the rest is read and dropped
};
struct Finished {
    int exit_code = 0;  // 128 + signal where one ended it
    std::string output, errors;
    bool truncated = false;
};
// Runs to the end. Code::timed_out / interrupted: the child's whole group was ended and reaped.
[[nodiscard]] Result<Finished> run(const Command& command, const std::stop_token& stop);

// Where the program that runs lies, so that what belongs to it is found beside it; empty: /proc does not say.
[[nodiscard]] std::filesystem::path program_folder();

// Opens /dev/null in place of standard streams that were closed when we were started: the first files that we
// open would take their numbers, and what is said would be written into them. Call before anything is opened.
void open_standard_streams();

// Lowers our own limits on core dumps etc.; raises RLIMIT_NOFILE to its hard limit. Call once at start.
void prepare_limits();

// Peak resident set of this process in bytes (VmHWM).
[[nodiscard]] std::uint64_t peak_rss();

}  // namespace haul::process
