// What only a ledger in a file has: other processes, permissions, reboots, kills.
#include "ledger/sqlite/sqlite_ledger.h"

#include <grp.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "ledger/conformance/checks.h"
#include "ledger/test_folder.h"

namespace haul::ledger {
namespace {

using conformance::adding;
using conformance::claim_many;
using conformance::claim_one;
using conformance::part;
using std::chrono::seconds;

// What `body` returns, run in a process of its own.
int in_child(const std::function<int()>& body) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(body());
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int code_of_open(const std::string& path) {
    const auto opened = open_sqlite(path);
    return opened.has_value() ? 0 : 100 + static_cast<int>(opened.error().code);
}
int refusal(Code code) { return 100 + static_cast<int>(code); }

TEST(SqliteLedger, SecondOpenIsBusyHereAndElsewhere) {
    const TestFolder folder;
    const std::string path = folder.path("ledger.sqlite");
    {
        const auto first = open_sqlite(path);
        ASSERT_TRUE(first.has_value());
        EXPECT_EQ(in_child([&] { return code_of_open(path); }), refusal(Code::busy));
        const auto second = open_sqlite(path);
        ASSERT_FALSE(second.has_value());
        EXPECT_EQ(second.error().code, Code::busy);
        EXPECT_FALSE(second.error().remedy.empty());
        EXPECT_EQ(in_child([&] { return code_of_open(path); }), refusal(Code::busy))
            << "a refused open let the lock go";
        EXPECT_TRUE(first->ledger->record(adding({part("1")})).has_value());
        EXPECT_FALSE(std::filesystem::exists(path + "-shm"));
    }
    EXPECT_EQ(in_child([&] { return code_of_open(path); }), 0);
}

// Root may write anywhere: the cases run as nobody.
int as_nobody(const std::function<int()>& body) {
    return in_child([&] {
        constexpr uid_t kNobody = 65534;
        if (::geteuid() == 0 &&
            (::setgroups(0, nullptr) != 0 || ::setgid(kNobody) != 0 || ::setuid(kNobody) != 0))
            return 1;
        return body();
    });
}

struct Access {
    std::string name;
    mode_t folder_mode, file_mode;
    bool file_at_fault;
};
class Unwritable : public testing::TestWithParam<Access> {};

TEST_P(Unwritable, IsDeniedAndNamed) {
    const TestFolder folder;
    const std::string path = folder.path("ledger.sqlite");
    ASSERT_TRUE(open_sqlite(path).has_value());
    ASSERT_EQ(::chmod(path.c_str(), GetParam().file_mode), 0);
    ASSERT_EQ(::chmod(folder.root().c_str(), GetParam().folder_mode), 0);
    const std::string named = GetParam().file_at_fault ? path : folder.root();
    const int result = as_nobody([&] {
        const auto opened = open_sqlite(path);
        if (opened.has_value()) return 2;
        return opened.error().code == Code::denied && opened.error().subject == named &&
                       !opened.error().remedy.empty()
                   ? 0
                   : 3;
    });
    ASSERT_EQ(::chmod(folder.root().c_str(), 0700), 0);
    EXPECT_EQ(result, 0);
}

INSTANTIATE_TEST_SUITE_P(SqliteLedger, Unwritable,
                         testing::Values(Access{"folder_read_only", 0555, 0666, false},
                                         Access{"folder_closed", 0600, 0666, false},
                                         Access{"file_read_only", 0777, 0444, true},
                                         Access{"file_closed", 0777, 0000, true}),
                         [](const auto& row) { return row.param.name; });

TEST(SqliteLedger, MissingFolderAndFolderInPlaceOfTheFileAreErrors) {
    const TestFolder folder;
    EXPECT_EQ(code_of_open(folder.path("none/ledger.sqlite")), refusal(Code::not_found));
    EXPECT_EQ(code_of_open(folder.root()), refusal(Code::io));
}

class Delayed : public testing::Test {
  protected:
    // A unit that is not due for an hour.
    void SetUp() override {
        const auto opened = open_sqlite(path_);
        ASSERT_TRUE(opened.has_value());
        ASSERT_TRUE(opened->ledger->record(adding({part("1")})).has_value());
        const auto lease = claim_one(*opened->ledger);
        ASSERT_TRUE(lease.has_value());
        const auto failed = opened->ledger->fail(lease->ref, FailKind::failure, conformance::some_error(),
                                                 std::chrono::hours(1));
        ASSERT_TRUE(failed.has_value());
    }
    std::size_t claimable() {
        const auto opened = open_sqlite(path_);
        return opened.has_value() ? claim_many(*opened->ledger, 1).value_or(std::vector<Lease>{}).size() : 99;
    }

    TestFolder folder_;
    std::string path_ = folder_.path("ledger.sqlite");
    clock::Fixed clock_{seconds(5000), seconds(1'700'000'000)};
};

TEST_F(Delayed, WaitsAcrossOwnersWhateverTheWallClockSays) {
    clock_.jump_wall(seconds(1'900'000'000));
    EXPECT_EQ(claimable(), 0U);
    clock_.jump_wall(seconds(1'000'000'000));
    clock_.advance(std::chrono::minutes(59));
    EXPECT_EQ(claimable(), 0U);
    clock_.advance(std::chrono::minutes(2));
    EXPECT_EQ(claimable(), 1U);
}

TEST_F(Delayed, IsDueAfterAReboot) {
    ::setenv("HAUL_TEST_BOOT_ID", "another-boot", 1);
    EXPECT_EQ(claimable(), 1U);
    ::unsetenv("HAUL_TEST_BOOT_ID");
}

TEST(SqliteLedger, UnitIsDueWhereTheBootClockIsBehindTheLastRun) {
    const TestFolder folder;
    const std::string path = folder.path("ledger.sqlite");
    for (const int boot : {100'000, 50}) {
        const clock::Fixed clock(seconds(boot), seconds(1));
        const auto opened = open_sqlite(path);
        ASSERT_TRUE(opened.has_value());
        ASSERT_TRUE(opened->ledger->record(adding({part("1")})).has_value());
        const auto lease = claim_one(*opened->ledger);
        ASSERT_TRUE(lease.has_value()) << "stuck at " << boot;
        ASSERT_TRUE(opened->ledger->fail(lease->ref, FailKind::failure, conformance::some_error(), seconds(1))
                        .has_value());
    }
}

// Finishes units for ever; each key goes down the pipe once its finish was reported as done.
[[noreturn]] void finish_units(const std::string& path, int pipe) {
    const auto opened = open_sqlite(path);
    for (int n = 0; opened.has_value(); ++n) {
        if (!opened->ledger->record(adding({part(std::to_string(n))})).has_value()) break;
        const auto lease = claim_one(*opened->ledger);
        if (!lease.has_value()) break;
        if (!opened->ledger->finish(lease->ref, {.facts = {{"done", lease->key, "{}"}}}).has_value()) break;
        const std::string line = lease->key + "\n";
        if (::write(pipe, line.data(), line.size()) < 0) break;
    }
    ::_exit(1);
}

std::set<std::string> kill_after(const std::string& path, std::size_t bytes) {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) return {};
    const pid_t child = ::fork();
    if (child == 0) finish_units(path, ends[1]);
    ::close(ends[1]);
    std::string text;
    std::array<char, 64> buffer{};
    bool killed = false;
    while (true) {
        const ssize_t got = ::read(ends[0], buffer.data(), buffer.size());
        if (got <= 0) break;
        text.append(buffer.data(), static_cast<std::size_t>(got));
        if (!killed && text.size() > bytes) killed = ::kill(child, SIGKILL) == 0;
    }
    ::close(ends[0]);
    ::waitpid(child, nullptr, 0);
    std::set<std::string> keys;
    for (std::size_t at = 0, end = 0; (end = text.find('\n', at)) != std::string::npos; at = end + 1) {
        keys.insert(text.substr(at, end - at));
    }
    return keys;
}

TEST(SqliteLedger, WhatWasReportedAsDoneSurvivesAKill) {
    for (const std::size_t bytes : {1U, 20U, 300U, 4000U}) {
        const TestFolder folder;
        const std::string path = folder.path("ledger.sqlite");
        const std::set<std::string> reported = kill_after(path, bytes);
        ASSERT_FALSE(reported.empty());
        const auto opened = open_sqlite(path);
        ASSERT_TRUE(opened.has_value()) << opened.error().message();
        ASSERT_FALSE(opened->created) << "the log of the killed owner was not used";
        for (const std::string& key : reported) {
            EXPECT_EQ(conformance::unit_named(*opened->ledger, key).value_or(UnitRow{}).state, State::done)
                << key;
            EXPECT_TRUE(fact(*opened->ledger, "done", key).value_or(std::nullopt)) << key;
        }
    }
}

}  // namespace
}  // namespace haul::ledger
