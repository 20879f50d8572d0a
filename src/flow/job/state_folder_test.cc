#include "flow/job/state_folder.h"

#include <gmock/gmock.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>
#include <functional>

#include "flow/job/job_harness.h"

namespace haul::job {
namespace {

using testing::HasSubstr;

// Runs `body` in a process of its own, because it changes what the process is; 0: all is well.
int exit_code_of(const std::function<int()>& body) {
    const ::pid_t child = ::fork();
    if (child == 0) {
        ::alarm(20);
        ::_exit(body());
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

class StateFolder : public harness::JobTest {};

TEST_F(StateFolder, MakesWhatIsMissingForItsOwnerAlone) {
    const Result<std::string> state = open_state(root_ + "/a/b/../c/");
    ASSERT_TRUE(state) << state.error().message();
    EXPECT_EQ(*state, root_ + "/a/c");
    EXPECT_EQ(file::stat_at(AT_FDCWD, *state, false).value().st_mode & 0777U, 0700U);
    EXPECT_EQ(open_state(*state).value(), *state);
    EXPECT_TRUE(std::filesystem::is_directory(jobs_folder(*state)));
}

TEST_F(StateFolder, ResolvesSymlinksAndRelativePaths) {
    std::filesystem::create_directory(root_ + "/real");
    std::filesystem::create_directory_symlink(root_ + "/real", root_ + "/link");
    EXPECT_EQ(open_state(root_ + "/link/state").value(), root_ + "/real/state");
    EXPECT_EQ(exit_code_of([&] {
                  if (::chdir(root_.c_str()) != 0) return 1;
                  const Result<std::string> state = open_state("here");
                  return state && *state == root_ + "/here" ? 0 : 2;
              }),
              0);
}

TEST_F(StateFolder, DefaultIsFoundAsXdgSays) {
    struct Row {
        const char *xdg, *home, *expected;
    };
    const Row rows[] = {
        {"/x", "/h", "/x/haul"},
        {"relative", "/h", "/h/.local/state/haul"},
        {"", "/h", "/h/.local/state/haul"},
        {nullptr, "/h", "/h/.local/state/haul"},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(exit_code_of([&] {
                      ::unsetenv("XDG_STATE_HOME");
                      const std::string xdg = row.xdg == nullptr ? "" : row.xdg;
                      if (row.xdg != nullptr) {
                          ::setenv("XDG_STATE_HOME", (xdg.starts_with('/') ? root_ + xdg : xdg).c_str(), 1);
                      }
                      ::setenv("HOME", (root_ + row.home).c_str(), 1);
                      const Result<std::string> state = open_state(std::nullopt);
                      return state && *state == root_ + row.expected ? 0 : 1;
                  }),
                  0)
            << row.expected;
    }
    EXPECT_EQ(exit_code_of([] {
                  ::unsetenv("XDG_STATE_HOME");
                  ::unsetenv("HOME");
                  const Result<std::string> state = open_state(std::nullopt);
                  return !state && state.error().code == Code::usage ? 0 : 1;
              }),
              0);
}

// As an unprivileged user also where the tests run as root.
TEST_F(StateFolder, UnwritableIsDeniedWithTheRemedy) {
    const std::string locked = root_ + "/locked";
    std::filesystem::create_directory(locked);
    ::chmod(locked.c_str(), 0555);
    ::chmod(root_.c_str(), 0755);
    for (const std::string& path : {locked, locked + "/new/state"}) {
        EXPECT_EQ(exit_code_of([&] {
                      if (::geteuid() == 0 && ::setresuid(65534, 65534, 65534) != 0) return 1;
                      const Result<std::string> state = open_state(path);
                      if (state) return 2;
                      if (state.error().code != Code::denied) return 3;
                      if (state.error().message().find(locked) == std::string::npos) return 4;
                      return state.error().remedy.find("--state DIR") == std::string::npos ? 5 : 0;
                  }),
                  0)
            << path;
    }
}

TEST_F(StateFolder, AFileInItsPlaceIsNamed) {
    std::ofstream(root_ + "/file") << "x";
    for (const char* path : {"/file", "/file/state"}) {
        const Result<std::string> state = open_state(root_ + path);
        ASSERT_FALSE(state);
        EXPECT_THAT(state.error().message(), HasSubstr(root_ + "/file"));
    }
    EXPECT_EQ(open_state("").error().code, Code::usage);
}

TEST_F(StateFolder, ErrorsSayWhatToDo) {
    const Error full =
        explain(make_error(Code::no_space, "write", "ledger", "No space left on device"), state_);
    EXPECT_EQ(full.code, Code::no_space);
    EXPECT_THAT(full.message(), testing::ContainsRegex("[0-9.]+ .?B free there"));
    EXPECT_THAT(full.message(), HasSubstr(state_));
    EXPECT_THAT(full.remedy, HasSubstr("--state DIR"));
    const Error other = explain(make_error(Code::corrupt, "read", "ledger", "bad"), state_);
    EXPECT_EQ(other.remedy, "");
}

// A file system of our own, without a byte of room left.
TEST_F(StateFolder, FullDiskIsSaidWithNumbers) {
    EXPECT_EQ(exit_code_of([&] {
                  const bool root = ::geteuid() == 0;
                  if (::unshare(root ? CLONE_NEWNS : CLONE_NEWUSER | CLONE_NEWNS) != 0) return 1;
                  ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
                  if (::mount("none", state_.c_str(), "tmpfs", 0, "size=64k") != 0) return 2;
                  const std::string state = open_state(state_).value_or("");
                  {
                      std::ofstream(state + "/fill") << std::string(60'000, 'x');
                  }
                  {
                      std::ofstream(state + "/rest") << std::string(10'000, 'x');
                  }
                  const Result<std::unique_ptr<Job>> job =
                      Job::open(state, harness::request_named("a"), hub_);
                  if (job) return 3;
                  if (job.error().code != Code::no_space) return 4;
                  if (job.error().message().find("free there") == std::string::npos) return 5;
                  return job.error().remedy.find("--state DIR") == std::string::npos ? 6 : 0;
              }),
              0);
}

}  // namespace
}  // namespace haul::job
