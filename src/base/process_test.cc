#include "base/process.h"

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/test_folder.h"

using namespace std::chrono_literals;

namespace haul::process {
namespace {

class Variable {
  public:
    Variable(const char* name, const std::string& value) : name_(name) { ::setenv(name, value.c_str(), 1); }
    ~Variable() { ::unsetenv(name_); }
    Variable(const Variable&) = delete;
    Variable& operator=(const Variable&) = delete;

  private:
    const char* name_;
};

// A process that waits until it is ended.
class Waiting {
  public:
    Waiting() : pid_(::fork()) {
        if (pid_ != 0) return;
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        while (true) ::pause();
    }
    ~Waiting() { reap(); }
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;
    void kill() const { ::kill(pid_, SIGKILL); }
    void reap() {
        if (pid_ <= 0) return;
        kill();
        ::waitpid(pid_, nullptr, 0);
        pid_ = -1;
    }
    [[nodiscard]] ::pid_t pid() const { return pid_; }

  private:
    ::pid_t pid_;
};

std::string text_of(const std::string& path) { return file::read_whole(path, 1U << 20U).value_or(""); }

bool eventually(const auto& condition) {
    for (int i = 0; i < 2000; ++i) {
        if (condition()) return true;
        clock::sleep(5ms, {});
    }
    return false;
}

// Field 22 of /proc/PID/stat; the names of processes in these tests have no spaces.
std::uint64_t start_of(::pid_t pid) {
    const std::string stat = text_of("/proc/" + std::to_string(pid) + "/stat");
    std::size_t at = 0;
    for (int field = 1; field < 22; ++field) at = stat.find(' ', at) + 1;
    return std::strtoull(stat.c_str() + at, nullptr, 10);
}

TEST(Identity, IsWhatTheKernelSays) {
    const Identity me = self();
    EXPECT_EQ(me.pid, ::getpid());
    EXPECT_EQ(me.pid_start, start_of(::getpid()));
    EXPECT_GT(me.pid_start, 0U);
    EXPECT_EQ(me.boot_id + "\n", text_of("/proc/sys/kernel/random/boot_id"));
    EXPECT_EQ(me.boot_id.size(), 36U);
    EXPECT_GT(me.pid_namespace, 0U);
    EXPECT_EQ(me, self());
}

TEST(Identity, NameWithParenthesesAndSpacesDoesNotConfuse) {
    const Identity before = self();
    std::array<char, 16> name{};
    ::prctl(PR_GET_NAME, name.data());
    ::prctl(PR_SET_NAME, "a) Z 1 2 (b");
    const Identity renamed = self();
    const Liveness alive = liveness(renamed);
    ::prctl(PR_SET_NAME, name.data());
    EXPECT_EQ(renamed, before);
    EXPECT_EQ(alive, Liveness::alive);
}

TEST(Identity, TestsCanBeAnotherMachine) {
    const Variable machine("HAUL_TEST_MACHINE_ID", "m1");
    const Variable boot("HAUL_TEST_BOOT_ID", "b1");
    EXPECT_EQ(self().machine_id, "m1");
    EXPECT_EQ(self().boot_id, "b1");
    EXPECT_EQ(liveness(self()), Liveness::alive);
}

TEST(Liveness, Table) {
    const Variable machine("HAUL_TEST_MACHINE_ID", "m1");
    const Identity me = self();
    const auto with = [&me](auto change) {
        Identity other = me;
        change(other);
        return other;
    };
    struct Row {
        const char* what;
        Identity identity;
        Liveness expected;
    };
    const Row rows[] = {
        {"myself", me, Liveness::alive},
        {"pid used again: started at another time", with([](Identity& i) { ++i.pid_start; }), Liveness::dead},
        {"pid used again: started before", with([](Identity& i) { --i.pid_start; }), Liveness::dead},
        {"earlier boot", with([](Identity& i) { i.boot_id = "earlier"; }), Liveness::dead},
        {"earlier boot, same pid elsewhere", with([](Identity& i) {
             i.boot_id = "earlier";
             i.pid_namespace = 1;
         }),
         Liveness::dead},
        {"other machine", with([](Identity& i) { i.machine_id = "m2"; }), Liveness::unknown},
        {"other machine, other boot", with([](Identity& i) {
             i.machine_id = "m2";
             i.boot_id = "x";
         }),
         Liveness::unknown},
        {"machine without an id", with([](Identity& i) { i.machine_id = ""; }), Liveness::unknown},
        {"other namespace", with([](Identity& i) { ++i.pid_namespace; }), Liveness::unknown},
        {"boot not known", with([](Identity& i) { i.boot_id = ""; }), Liveness::unknown},
        {"no such pid", with([](Identity& i) { i.pid = 1 << 30; }), Liveness::dead},
        {"nonsense pid", with([](Identity& i) { i.pid = 0; }), Liveness::dead},
        {"negative pid", with([](Identity& i) { i.pid = -1; }), Liveness::dead},
    };
    for (const Row& row : rows) EXPECT_EQ(liveness(row.identity), row.expected) << row.what;
}

TEST(Liveness, MachinesWithoutAnIdCannotBeToldApartByBoot) {
    const Variable machine("HAUL_TEST_MACHINE_ID", "");
    Identity other = self();
    EXPECT_EQ(liveness(other), Liveness::alive);
    other.boot_id = "another";
    EXPECT_EQ(liveness(other), Liveness::unknown);
}

TEST(Liveness, OfAnotherProcessUntilItEnds) {
    Waiting other;
    Identity identity = self();
    identity.pid = other.pid();
    identity.pid_start = start_of(other.pid());
    EXPECT_EQ(liveness(identity), Liveness::alive);
    other.kill();
    // Not reaped yet: a zombie works no more.
    EXPECT_TRUE(eventually([&] { return liveness(identity) == Liveness::dead; }));
    other.reap();
    EXPECT_EQ(liveness(identity), Liveness::dead);
}

Command shell(std::string script) {
    Command command;
    command.argv = {"sh", "-c", std::move(script)};
    return command;
}

TEST(Run, ExitCodesAndStreams) {
    struct Row {
        const char* script;
        int exit_code;
        const char *output, *errors;
    };
    const Row rows[] = {
        {"true", 0, "", ""},
        {"exit 7", 7, "", ""},
        {"echo out; echo err >&2; exit 3", 3, "out\n", "err\n"},
        {"kill -9 $$", 128 + 9, "", ""},
        {"kill -TERM $$", 128 + 15, "", ""},
        {"cat", 0, "", ""},  // its input is empty, not ours
        {"printf 'a\\0b'", 0, "a", ""},
    };
    for (const Row& row : rows) {
        const auto finished = run(shell(row.script), {});
        ASSERT_TRUE(finished) << row.script << ": " << finished.error().message();
        EXPECT_EQ(finished->exit_code, row.exit_code) << row.script;
        EXPECT_STREQ(finished->output.c_str(), row.output) << row.script;
        EXPECT_STREQ(finished->errors.c_str(), row.errors) << row.script;
        EXPECT_FALSE(finished->truncated);
    }
}

TEST(Run, ArgumentsAreNotReadByAnyShell) {
    Command command;
    command.argv = {"printf", "%s|", "a b", "$HOME", "; exit 1", "*", ""};
    EXPECT_EQ(run(command, {}).value().output, "a b|$HOME|; exit 1|*||");
}

TEST(Run, InputLargerThanAnyPipeComesBack) {
    Command command = shell("cat");
    for (int i = 0; i < 300'000; ++i) command.input += std::to_string(i) + "\n";
    const auto finished = run(command, {});
    ASSERT_TRUE(finished);
    EXPECT_TRUE(finished->output == command.input);
}

TEST(Run, InputThatNobodyReadsDoesNotEndUs) {
    Command command = shell("exec <&-; sleep 0.05; echo done");
    command.input.assign(1U << 20U, 'x');
    EXPECT_EQ(run(command, {}).value().output, "done\n");
}

TEST(Run, EnvironmentIsAddedToOurs) {
    const Variable inherited("HAUL_TEST_INHERITED", "from us");
    const Variable replaced("HAUL_TEST_REPLACED", "old");
    Command command = shell(
        R"(echo "$HAUL_TEST_INHERITED|$HAUL_TEST_REPLACED|$HAUL_TEST_NEW"; env | grep -c HAUL_TEST_REPLACED)");
    command.environment = {{"HAUL_TEST_REPLACED", "new"}, {"HAUL_TEST_NEW", "a=b c"}};
    EXPECT_EQ(run(command, {}).value().output, "from us|new|a=b c\n1\n");
}

TEST(Run, OutputIsCutAtItsLimitButDrained) {
    Command command = shell("head -c 1000000 /dev/zero; echo end >&2");
    command.output_limit = 1000;
    const auto finished = run(command, {});
    ASSERT_TRUE(finished);
    EXPECT_EQ(finished->exit_code, 0);
    EXPECT_EQ(finished->output.size(), 1000U);
    EXPECT_EQ(finished->errors, "end\n");
    EXPECT_TRUE(finished->truncated);
    command.output_limit = 1'000'000;
    EXPECT_FALSE(run(command, {})->truncated);
}

TEST(Run, ProgramsThatCannotBeStarted) {
    const test::Folder folder;
    for (const auto& [program, code] :
         {std::pair<std::string, Code>{"haul-test-no-such-program", Code::not_found},
          {folder.path("absent"), Code::not_found},
          {folder.path(), Code::denied}}) {
        const auto finished = run(Command{.argv = {program}, .environment = {}, .input = {}}, {});
        ASSERT_FALSE(finished) << program;
        EXPECT_EQ(finished.error().code, code) << finished.error().message();
        EXPECT_EQ(finished.error().subject, program);
    }
    EXPECT_EQ(run(Command{}, {}).error().code, Code::usage);
}

TEST(Run, ChildHasNoneOfOurDescriptorsAndAllSignals) {
    const test::Folder folder;
    const int leaky = ::dup(folder.fd());  // without close-on-exec
    ::sigset_t blocked{}, before{};
    ::sigemptyset(&blocked);
    ::sigaddset(&blocked, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &blocked, &before);
    const auto ignored = ::signal(SIGPIPE, SIG_IGN);
    const auto open = run(shell("ls /proc/self/fd | wc -l; grep -E 'Sig(Blk|Ign)' /proc/self/status"), {});
    ::signal(SIGPIPE, ignored);
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    ::close(leaky);
    ASSERT_TRUE(open);
    // 0, 1, 2 and the one by which ls reads the folder.
    EXPECT_EQ(open->output, "4\nSigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

TEST(Run, ChildLeadsItsOwnGroup) {
    const auto finished = run(shell("echo $$ $(cut -d' ' -f5 /proc/$$/stat)"), {});
    ASSERT_TRUE(finished);
    const std::size_t space = finished->output.find(' ');
    EXPECT_EQ(finished->output.substr(0, space) + "\n", finished->output.substr(space + 1));
}

// Its script leaves its own and a grandchild's pid in "pids" and then runs for ever.
Command endless(const test::Folder& folder) {
    return shell("trap '' TERM; sh -c 'trap \"\" TERM; while :; do sleep 1; done' & echo $$ $! > " +
                 folder.path("pids.new") + " && mv " + folder.path("pids.new") + " " + folder.path("pids") +
                 "; while :; do sleep 1; done");
}

void expect_all_ended(const test::Folder& folder) {
    const std::string pids = text_of(folder.path("pids"));
    const std::size_t space = pids.find(' ');
    ASSERT_NE(space, std::string::npos);
    for (const std::string& pid : {pids.substr(0, space), pids.substr(space + 1, pids.size() - space - 2)}) {
        // The grandchild is reaped by whoever adopts orphans here; a zombie has ended as well.
        EXPECT_TRUE(eventually([&pid] {
            const std::string stat = text_of("/proc/" + pid + "/stat");
            return stat.empty() || stat.find(") Z ") != std::string::npos;
        })) << pid;
    }
}

TEST(Run, TimeLimitEndsTheWholeGroup) {
    const test::Folder folder;
    Command command = endless(folder);
    command.limit = 500ms;
    const auto before = clock::boot();
    const auto finished = run(command, {});
    ASSERT_FALSE(finished);
    EXPECT_EQ(finished.error().code, Code::timed_out);
    EXPECT_GE(clock::boot() - before, 500ms);
    EXPECT_LT(clock::boot() - before, 20s);
    expect_all_ended(folder);
}

TEST(Run, StopEndsTheWholeGroup) {
    const test::Folder folder;
    std::stop_source source;
    const std::jthread stopper([&] {
        eventually([&] { return !text_of(folder.path("pids")).empty(); });
        source.request_stop();
    });
    const auto finished = run(endless(folder), source.get_token());
    ASSERT_FALSE(finished);
    EXPECT_EQ(finished.error().code, Code::interrupted);
    expect_all_ended(folder);
    EXPECT_EQ(run(shell("true"), source.get_token()).error().code, Code::interrupted);
}

TEST(Run, EndlessOutputDoesNotOutliveTheLimit) {
    Command command = shell("cat /dev/zero");
    command.limit = 300ms;
    command.output_limit = 10;
    EXPECT_EQ(run(command, {}).error().code, Code::timed_out);
}

TEST(Run, LeftoversInTheBackgroundDoNotHoldUsUp) {
    const auto before = clock::boot();
    const auto finished = run(shell("sleep 100 & echo started"), {});
    ASSERT_TRUE(finished);
    EXPECT_EQ(finished->output, "started\n");
    EXPECT_LT(clock::boot() - before, 50s);
}

// The child of a child that is killed: it must not go on alone.
TEST(Run, ChildDiesWithUs) {
    const test::Folder folder;
    const ::pid_t middle = ::fork();
    if (middle == 0) {
        static_cast<void>(run(endless(folder), {}));
        ::_exit(0);
    }
    ASSERT_TRUE(eventually([&] { return !text_of(folder.path("pids")).empty(); }));
    const std::string pids = text_of(folder.path("pids"));
    const std::string child = pids.substr(0, pids.find(' '));
    ASSERT_FALSE(text_of("/proc/" + child + "/stat").empty());
    ::kill(middle, SIGKILL);
    ::waitpid(middle, nullptr, 0);
    EXPECT_TRUE(eventually([&] {
        const std::string stat = text_of("/proc/" + child + "/stat");
        return stat.empty() || stat.find(") Z ") != std::string::npos;
    }));
    ::kill(-std::atoi(child.c_str()), SIGKILL);  // the grandchild, which nothing promises
}

TEST(Run, ManyAtOnce) {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([i] {
            for (int n = 0; n < 5; ++n) {
                Command command = shell("cat; exit " + std::to_string(i));
                command.input = std::string(static_cast<std::size_t>(i) * 10'000, static_cast<char>('a' + i));
                const auto finished = run(command, {});
                ASSERT_TRUE(finished);
                EXPECT_EQ(finished->exit_code, i);
                EXPECT_TRUE(finished->output == command.input);
            }
        });
    }
}

TEST(Limits, AreRaisedAndCoresAreOff) {
    prepare_limits();
    ::rlimit limit{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
    EXPECT_EQ(limit.rlim_cur, limit.rlim_max);
    ASSERT_EQ(::getrlimit(RLIMIT_CORE, &limit), 0);
    EXPECT_EQ(limit.rlim_cur, 0U);
}

TEST(PeakRss, GrowsWithUse) {
    const std::uint64_t before = peak_rss();
    ASSERT_GT(before, 1U << 20U);
    std::vector<char> memory(64U << 20U, 'x');
    // More than peak so far, wherever that was: the block is resident now.
    EXPECT_GE(peak_rss(), memory.size());
    EXPECT_GE(peak_rss(), before);
}

}  // namespace
}  // namespace haul::process
