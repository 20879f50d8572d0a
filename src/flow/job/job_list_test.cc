#include <gmock/gmock.h>

#include <fstream>

#include "base/clock.h"
#include "flow/job/job_harness.h"
#include "flow/job/job_lock.h"
#include "flow/job/record.h"

namespace haul::job {
namespace {

using harness::Holder;
using harness::request_named;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

class JobList : public harness::JobTest {
  protected:
    // A job as a file only.
    void plant(const std::string& id, Phase phase, std::chrono::nanoseconds started,
               std::chrono::nanoseconds ended) {
        Record record;
        record.id = id;
        record.flow = "pack";
        record.phase = phase;
        record.started_ns = started.count();
        record.ended_ns = ended.count();
        fs::create_directory(folder_of(state_, id));
        ASSERT_TRUE(write_record(folder_of(state_, id), record));
    }
    [[nodiscard]] std::vector<std::string> listed() const {
        std::vector<std::string> ids;
        const std::vector<Record> records = list_jobs(state_).value();
        for (const Record& record : records) ids.push_back(record.id.substr(0, 2));
        return ids;
    }
};

TEST_F(JobList, NewestFirstAndOldCompleteOnesGo) {
    const std::chrono::nanoseconds day = 24h, now = 100 * day;
    const clock::Fixed time(now, now);
    plant("aa00000000000000", Phase::failed, 10 * day, 10 * day);  // old, and not complete: stays
    plant("bb00000000000000", Phase::complete, 60 * day, 69 * day);
    plant("cc00000000000000", Phase::complete, 60 * day, 71 * day);
    plant("dd00000000000000", Phase::interrupted, 99 * day, 99 * day);
    plant("ee00000000000000", Phase::incomplete, 98 * day, 98 * day);
    EXPECT_THAT(listed(), ElementsAre("dd", "ee", "cc", "aa"));
    EXPECT_FALSE(fs::exists(folder_of(state_, "bb00000000000000")));
    EXPECT_EQ(find_job(state_, "bb").error().code, Code::not_found);
}

TEST_F(JobList, RunningIsWhoHoldsTheLock) {
    Holder holder(state_, request_named("a"), [](Job&) { return true; });
    EXPECT_EQ(list_jobs(state_).value().at(0).phase, Phase::running);
    holder.kill();
    const Record dead = list_jobs(state_).value().at(0);
    EXPECT_EQ(dead.phase, Phase::interrupted);
    EXPECT_THAT(dead.outcome, HasSubstr("same command continues"));
}

TEST_F(JobList, UnreadableRecordsAreListedByTheirId) {
    plant("aa00000000000000", Phase::failed, 5s, 6s);
    fs::create_directory(folder_of(state_, "bb00000000000000"));  // none
    plant("cc00000000000000", Phase::failed, 7s, 8s);
    std::ofstream(folder_of(state_, "cc00000000000000") + "/job.json", std::ios::trunc) << "{\"format\":1}";
    plant("dd00000000000000", Phase::failed, 7s, 8s);
    fs::rename(folder_of(state_, "dd00000000000000"),
               folder_of(state_, "ee00000000000000"));  // says another id
    fs::create_directory(state_ + "/jobs/not-an-id");
    std::ofstream(state_ + "/jobs/file") << "x";
    EXPECT_THAT(listed(), ElementsAre("aa", "bb", "cc", "ee"));
    const Record unread = find_job(state_, "cc").value();
    EXPECT_EQ(unread.id, "cc00000000000000");
    EXPECT_THAT(unread.outcome, HasSubstr("cannot be read"));
    EXPECT_TRUE(forget_job(state_, "cc"));
}

TEST_F(JobList, EmptyWhereThereAreNone) {
    EXPECT_THAT(list_jobs(state_).value(), IsEmpty());
    EXPECT_THAT(list_jobs(root_ + "/absent").value(), IsEmpty());
}

TEST_F(JobList, FindsByTheBeginningOfAnId) {
    plant("ab00000000000000", Phase::failed, 1s, 1s);
    plant("ab10000000000000", Phase::failed, 1s, 1s);
    struct Row {
        const char* text;
        std::optional<Code> code;
    };
    const Row rows[] = {
        {"ab0", std::nullopt},    {"ab10000000000000", std::nullopt},
        {"ab", Code::usage},      {"", Code::usage},
        {"c", Code::not_found},   {"../jobs", Code::not_found},
        {"AB0", Code::not_found}, {"ab100000000000000", Code::not_found},
    };
    for (const Row& row : rows) {
        const Result<Record> found = find_job(state_, row.text);
        EXPECT_EQ(found.has_value(), !row.code) << row.text;
        if (!found && row.code) {
            EXPECT_EQ(found.error().code, *row.code) << row.text;
        }
        if (row.code) {
            EXPECT_FALSE(forget_job(state_, row.text)) << row.text;
        }
    }
    EXPECT_THAT(listed(), SizeIs(2));
}

TEST_F(JobList, ForgetRemovesAllButNotAJobAtWork) {
    {
        Holder holder(state_, request_named("a"), [](Job&) { return true; });
        EXPECT_EQ(forget_job(state_, id_of(request_named("a"))).error().code, Code::busy);
        EXPECT_TRUE(fs::exists(folder("a") + "/ledger.sqlite"));
    }
    EXPECT_TRUE(forget_job(state_, id_of(request_named("a"))));
    EXPECT_FALSE(fs::exists(folder("a")));
    const auto job = opened("a");
    ASSERT_NE(job, nullptr);
    EXPECT_TRUE(job->ledger_is_new());
}

// Whoever waits for the lock of a folder that is removed meanwhile must not get the lock of nothing.
TEST_F(JobList, ALockOfARemovedFolderIsNoLock) {
    const std::string path = folder_of(state_, "aa00000000000000");
    fs::create_directory(path);
    const file::Fd first = lock_job(path).value();
    EXPECT_TRUE(is_held(path));
    fs::remove_all(path);
    EXPECT_EQ(lock_job(path).error().code, Code::not_found);
    fs::create_directory(path);
    EXPECT_FALSE(is_held(path));
    EXPECT_TRUE(lock_job(path));
}

}  // namespace
}  // namespace haul::job
