#include "ledger/sqlite/writer.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "ledger/sqlite/rows.h"
#include "ledger/sqlite/schema.h"
#include "ledger/test_folder.h"

namespace haul::ledger::sqlite {
namespace {

class Writers : public testing::Test {
  protected:
    void SetUp() override {
        auto opened = Connection::open(folder_.path("ledger.sqlite"));
        ASSERT_TRUE(opened.has_value());
        connection_ = opened->get();
        ASSERT_TRUE(
            connection_->exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL").has_value());
        ASSERT_TRUE(upgrade(*connection_, 0, upgrades()).has_value());
        writer_ = std::make_unique<Writer>(*std::move(opened));
    }
    Status put(const std::string& key, const std::string& value = "1") {
        return writer_->run([&] { return put_fact(*connection_, {"k", key, value}); });
    }
    std::int64_t facts() {
        std::int64_t count = -1;
        static_cast<void>(writer_->run([&]() -> Status {
            count = TRY(connection_->integer_of("SELECT count(*) FROM fact"));
            return {};
        }));
        return count;
    }
    // Keeps the writer at work until `calls` wait behind it, so that they become one group.
    void gather(std::vector<std::thread>& threads, const std::vector<std::function<void()>>& calls) {
        std::promise<void> entered, leave;
        threads.emplace_back([&] {
            static_cast<void>(writer_->run([&]() -> Status {
                entered.set_value();
                leave.get_future().wait();
                return {};
            }));
        });
        entered.get_future().wait();
        for (const auto& call : calls) {
            const std::size_t before = writer_->waiting();
            threads.emplace_back(call);
            while (writer_->waiting() == before) std::this_thread::yield();
        }
        leave.set_value();
        for (std::thread& thread : threads) thread.join();
    }

    TestFolder folder_;
    Connection* connection_ = nullptr;
    std::unique_ptr<Writer> writer_;
};

int count_commit(void* commits) {
    ++*static_cast<std::atomic<int>*>(commits);
    return 0;
}

TEST_F(Writers, CallsThatWaitTogetherShareOneCommitInTheirOrder) {
    std::atomic<int> commits = 0;
    std::vector<std::string> order;
    sqlite3_commit_hook(connection_->handle(), count_commit, &commits);
    std::vector<std::function<void()>> calls;
    for (int n = 0; n < 10; ++n) {
        calls.emplace_back([&, n] {
            const std::string key = std::to_string(n);
            const Status done = writer_->run([&] {
                order.push_back(key);
                return put_fact(*connection_, {"k", key, "1"});
            });
            EXPECT_TRUE(done.has_value());
        });
    }
    std::vector<std::thread> threads;
    gather(threads, calls);
    // The writer commits once more when it closes, after `commits` is gone.
    static_cast<void>(writer_->run([&]() -> Status {
        sqlite3_commit_hook(connection_->handle(), nullptr, nullptr);
        return {};
    }));
    EXPECT_LE(commits, 3);  // the group; where they count, the call before it and the one above
    EXPECT_EQ(order, (std::vector<std::string>{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}));
    EXPECT_EQ(facts(), 10);
}

TEST_F(Writers, RefusedCallUndoesItselfAndNoOther) {
    std::atomic<int> done = 0, refused = 0;
    std::vector<std::function<void()>> calls;
    for (int n = 0; n < 9; ++n) {
        calls.emplace_back([&, n] {
            const Status result = writer_->run([&]() -> Status {
                TRY(put_fact(*connection_, {"k", std::to_string(n), "1"}));
                if (n % 3 == 0) return failure(Code::fenced, "finish", "unit", "too late");
                return {};
            });
            ++(result.has_value() ? done : refused);
        });
    }
    std::vector<std::thread> threads;
    gather(threads, calls);
    EXPECT_EQ(done, 6);
    EXPECT_EQ(refused, 3);
    EXPECT_EQ(facts(), 6);
}

TEST_F(Writers, FullDiskFailsTheCallAndLeavesTheLedgerUsable) {
    ASSERT_TRUE(put("before").has_value());
    const auto limit = [&](const char* pages) {
        return writer_->run(
            [&] { return connection_->exec(("PRAGMA max_page_count = " + std::string(pages)).c_str()); });
    };
    ASSERT_TRUE(limit("20").has_value());
    const Status full = put("large", std::string(1'000'000, 'x'));
    ASSERT_FALSE(full.has_value());
    EXPECT_EQ(full.error().code, Code::no_space);
    EXPECT_EQ(full.error().subject, folder_.path("ledger.sqlite"));
    EXPECT_FALSE(full.error().remedy.empty());
    EXPECT_EQ(facts(), 1);
    ASSERT_TRUE(limit("100000").has_value());
    EXPECT_TRUE(put("large", std::string(1'000'000, 'x')).has_value());
    EXPECT_EQ(facts(), 2);
}

TEST_F(Writers, BrokenDiskBreaksTheLedgerForGood) {
    ASSERT_TRUE(put("before").has_value());
    // Writes past 64 KiB fail with EFBIG: as good as a disk that fails, and real.
    struct rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
    const auto old_action = std::signal(SIGXFSZ, SIG_IGN);
    struct rlimit tight = before;
    tight.rlim_cur = 64 * 1024;
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &tight), 0);
    const Status broken = put("large", std::string(1'000'000, 'x'));
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
    std::signal(SIGXFSZ, old_action);

    ASSERT_FALSE(broken.has_value());
    EXPECT_EQ(broken.error().code, Code::io);
    const Status later = put("small");
    ASSERT_FALSE(later.has_value());
    EXPECT_EQ(later.error().message(), broken.error().message());
    writer_.reset();

    auto again = Connection::open(folder_.path("ledger.sqlite"));
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ((*again)->integer_of("SELECT count(*) FROM fact").value_or(-1), 1);
}

TEST_F(Writers, LongLogIsFoldedIntoTheFile) {
    for (int n = 0; n < 40; ++n)
        ASSERT_TRUE(put("same", std::string(400'000, static_cast<char>('a' + n % 26))).has_value());
    ASSERT_TRUE(put("after").has_value());
    EXPECT_LT(std::filesystem::file_size(folder_.path("ledger.sqlite-wal")), 8'000'000U);
    writer_.reset();
    EXPECT_FALSE(std::filesystem::exists(folder_.path("ledger.sqlite-wal")));
    EXPECT_LT(std::filesystem::file_size(folder_.path("ledger.sqlite")), 1'000'000U);
}

}  // namespace
}  // namespace haul::ledger::sqlite
