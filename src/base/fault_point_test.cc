#include "base/fault_point.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "base/test_folder.h"

namespace haul::fault {
namespace {

// The plan is read once in a process: each case runs in a fresh one ("threadsafe" death tests start the
// program anew, with the environment that is set here).
class FaultPointDeathTest : public testing::Test {
  protected:
    FaultPointDeathTest() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
    ~FaultPointDeathTest() override {
        ::unsetenv("HAUL_FAULT");
        ::unsetenv("HAUL_FAULT_LOG");
    }
    static void set(const std::string& value) { ::setenv("HAUL_FAULT", value.c_str(), 1); }
};

// A folder that the program which is started anew finds again, instead of making (and, killed, leaving) one
// of its own.
class SharedFolder {
  public:
    SharedFolder() {
        if (std::getenv(kVariable) != nullptr) return;
        own_.emplace();
        ::setenv(kVariable, own_->path().c_str(), 1);
    }
    ~SharedFolder() {
        if (own_) ::unsetenv(kVariable);
    }
    SharedFolder(const SharedFolder&) = delete;
    SharedFolder& operator=(const SharedFolder&) = delete;
    [[nodiscard]] static std::string path(const std::string& name) {
        return std::string(std::getenv(kVariable)) + "/" + name;
    }

  private:
    static constexpr const char* kVariable = "HAUL_TEST_FOLDER";
    std::optional<test::Folder> own_;
};

// Exits with 42 where no point ended it.
[[noreturn]] void pass_three_times() {
    for (int i = 0; i < 3; ++i) FAULT_POINT("test.point");
    FAULT_POINT("test.other");
    ::_exit(42);
}

TEST_F(FaultPointDeathTest, NothingHappensWithoutAPlan) {
    EXPECT_EXIT(pass_three_times(), testing::ExitedWithCode(42), "");
    set("");
    EXPECT_EXIT(pass_three_times(), testing::ExitedWithCode(42), "");
}

TEST_F(FaultPointDeathTest, KillsTheNthTime) {
    for (const char* plan : {"kill:test.point", "kill:test.point:1", "kill:test.point:3", "kill:test.other",
                             "kill:absent,kill:test.point:2", "stop:absent,kill:test.other:1"}) {
        set(plan);
        EXPECT_EXIT(pass_three_times(), testing::KilledBySignal(SIGKILL), "") << plan;
    }
    for (const char* plan :
         {"kill:test.point:4", "kill:test.other:2", "kill:test", "kill:test.point.more", "stop:absent"}) {
        set(plan);
        EXPECT_EXIT(pass_three_times(), testing::ExitedWithCode(42), "") << plan;
    }
}

TEST_F(FaultPointDeathTest, KillsFromAnyThread) {
    set("kill:test.point:40");
    EXPECT_EXIT(
        {
            std::vector<std::jthread> threads;
            for (int i = 0; i < 4; ++i) {
                threads.emplace_back([] {
                    for (int n = 0; n < 10; ++n) FAULT_POINT("test.point");
                });
            }
            threads.clear();
            ::_exit(42);
        },
        testing::KilledBySignal(SIGKILL), "");
}

TEST_F(FaultPointDeathTest, MisspeltPlansEndLoudly) {
    for (const char* plan :
         {"kil:test.point", "kill", "kill:", "kill::1", "kill:test.point:0", "kill:test.point:x",
          "kill:test.point:1x", "kill:test.point:-1", "test.point", ",", "kill:test.point:", "list"}) {
        set(plan);
        EXPECT_EXIT(pass_three_times(), testing::KilledBySignal(SIGABRT), "HAUL_FAULT: ") << plan;
    }
}

TEST_F(FaultPointDeathTest, ListsEveryNameOnce) {
    const SharedFolder folder;
    ::setenv("HAUL_FAULT_LOG", folder.path("log").c_str(), 1);
    set("list,kill:test.other");
    EXPECT_EXIT(pass_three_times(), testing::KilledBySignal(SIGKILL), "");
    EXPECT_EQ(file::read_whole(folder.path("log"), 1000).value_or("none"), "test.point\ntest.other\n");
}

TEST_F(FaultPointDeathTest, StopsUntilContinued) {
    set("stop:test.point:2");
    EXPECT_EXIT(
        {
            const ::pid_t child = ::fork();
            if (child == 0) pass_three_times();
            int status = 0;
            ::waitpid(child, &status, WUNTRACED);
            if (!WIFSTOPPED(status)) ::_exit(1);
            ::kill(child, SIGCONT);
            ::waitpid(child, &status, 0);
            ::_exit(WIFEXITED(status) && WEXITSTATUS(status) == 42 ? 0 : 2);
        },
        testing::ExitedWithCode(0), "");
}

TEST_F(FaultPointDeathTest, HoldsOneThreadUntilTheFileIsGone) {
    const SharedFolder folder;
    ::setenv("HAUL_FAULT_HOLD", folder.path("held").c_str(), 1);
    set("hold:test.point:2");
    EXPECT_EXIT(
        {
            std::atomic<bool> let_go = false;
            std::jthread other([&] {
                while (::access(folder.path("held").c_str(), F_OK) != 0) ::usleep(1000);
                FAULT_POINT("test.other");  // not held, nor blocked by who is
                ::usleep(50'000);
                let_go = true;
                ::unlink(folder.path("held").c_str());
            });
            for (int i = 0; i < 3; ++i) FAULT_POINT("test.point");
            ::_exit(let_go ? 42 : 1);
        },
        testing::ExitedWithCode(42), "");
    ::unsetenv("HAUL_FAULT_HOLD");
    EXPECT_EXIT(pass_three_times(), testing::KilledBySignal(SIGABRT), "HAUL_FAULT: hold needs");
}

// What a kill at each point leaves: the old file, or the new one whole; a temporary at most.
TEST_F(FaultPointDeathTest, DurableWritesSurviveKills) {
    struct Row {
        const char* point;
        const char* content;
        int temporaries;
    };
    const SharedFolder folder;
    for (const Row& row :
         {Row{"file.durable.before_sync", "old", 1}, Row{"file.durable.before_rename", "old", 1},
          Row{"file.durable.after_rename", "new", 0}}) {
        set(std::string("kill:") + row.point);
        const std::string base = folder.path(row.point);
        EXPECT_EXIT(
            {
                static_cast<void>(file::make_folders(AT_FDCWD, base));
                const file::Fd fd = file::open_at(AT_FDCWD, base + "/file", O_WRONLY | O_CREAT).value();
                static_cast<void>(file::append_all(fd.get(), std::as_bytes(std::span("old", 3)), "file"));
                static_cast<void>(file::write_durably(AT_FDCWD, base + "/file", "new", false));
                ::_exit(42);
            },
            testing::KilledBySignal(SIGKILL), "")
            << row.point;
        EXPECT_EQ(file::read_whole(base + "/file", 100).value_or("none"), row.content) << row.point;
        int temporaries = 0;
        for (const auto& entry : std::filesystem::directory_iterator(base)) {
            temporaries += entry.path().filename().string().starts_with(".haul-tmp-") ? 1 : 0;
        }
        EXPECT_EQ(temporaries, row.temporaries) << row.point;
    }
}

}  // namespace
}  // namespace haul::fault
