#include "flow/job/job.h"

#include <gmock/gmock.h>

#include <fstream>
#include <memory>
#include <mutex>
#include <vector>

#include "base/clock.h"
#include "base/text.h"
#include "flow/job/job_harness.h"
#include "flow/job/record.h"

namespace haul::job {
namespace {

using harness::Holder;
using harness::request_named;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
namespace fs = std::filesystem;

class JobFolder : public harness::JobTest {
  protected:
    [[nodiscard]] std::vector<std::string> files(const std::string& name) const {
        std::vector<std::string> found;
        for (const fs::directory_entry& entry : fs::directory_iterator(folder(name))) {
            found.push_back(entry.path().filename().string());
        }
        return found;
    }
};

// Warnings that a hub hands on.
class Warnings final : public report::Sink {
  public:
    explicit Warnings(std::shared_ptr<std::vector<std::string>> texts) : texts_(std::move(texts)) {}
    void on(const report::Event& event) override {
        if (event.level == report::Level::warning) texts_->push_back(event.text);
    }

  private:
    std::shared_ptr<std::vector<std::string>> texts_;
};

bool add_unit(Job& job, const std::string& key) {
    ledger::Outcome outcome;
    outcome.units.push_back({"part", key, "{}", 0});
    return job.ledger().record(outcome).has_value();
}

std::uint64_t units_of(Job& job) {
    ledger::Query query;
    query.what = ledger::Query::What::units;
    return job.ledger().read(query).value().units.size();
}

TEST_F(JobFolder, HoldsWhatTheDocsSay) {
    const auto job = opened("a");
    ASSERT_NE(job, nullptr);
    EXPECT_EQ(job->id(), id_of(request_named("a")));
    EXPECT_EQ(job->folder(), state_ + "/jobs/" + job->id());
    EXPECT_TRUE(job->ledger_is_new());
    EXPECT_THAT(job->token(), SizeIs(32));
    for (const char* name : {"lock", "job.json", "ledger.sqlite", "parts"}) {
        EXPECT_TRUE(fs::exists(job->folder() + "/" + name)) << name;
    }
    EXPECT_EQ(file::stat_at(AT_FDCWD, job->folder(), false).value().st_mode & 0777U, 0700U);
    const Record record = read_record(job->folder()).value();
    EXPECT_EQ(record.phase, Phase::running);
    EXPECT_EQ(record.source, "/from/a");
    EXPECT_EQ(record.destination, "/to");
    EXPECT_EQ(record.name, "a");
    EXPECT_EQ(record.arguments, request_named("a").arguments);
}

TEST_F(JobFolder, SourceThatIsNotUtf8IsShownAsItIs) {
    Request request = request_named("a");
    request.meaning.erase("source");
    request.meaning["source_b64"] = text::base64("/\xff");
    const auto job = Job::open(state_, request, hub_).value();
    EXPECT_EQ(job->record().source, "/\xff");
    EXPECT_EQ(read_record(job->folder()).value().source, "/\xff");
}

TEST_F(JobFolder, ContinuesWithTheSameTokenAndLedger) {
    std::string token;
    {
        const auto job = opened("a");
        token = job->token();
        ASSERT_TRUE(add_unit(*job, "1"));
        ASSERT_TRUE(job->end(Phase::interrupted, "drained", 130));
    }
    const std::int64_t started = read_record(folder("a")).value().started_ns;
    const auto job = opened("a");
    EXPECT_FALSE(job->ledger_is_new());
    EXPECT_EQ(job->token(), token);
    EXPECT_EQ(units_of(*job), 1U);
    EXPECT_EQ(job->record().started_ns, started);
    EXPECT_NE(opened("b")->token(), token);
}

TEST_F(JobFolder, OneProcessAtATime) {
    Holder holder(state_, request_named("a"), [](Job&) { return true; });
    const Result<std::unique_ptr<Job>> second = Job::open(state_, request_named("a"), hub_);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Code::busy);
    EXPECT_THAT(second.error().message(), HasSubstr("process " + std::to_string(holder.pid())));
    EXPECT_THAT(second.error().remedy, HasSubstr("haul status"));
    EXPECT_NE(opened("b"), nullptr) << "another job is no matter";
}

TEST_F(JobFolder, AKillLetsGoAtOnceAndLosesNothing) {
    Holder holder(state_, request_named("a"), [](Job& job) {
        return add_unit(job, "1") && add_unit(job, "2") &&
               job.ledger().claim({{}, 1, "me", {}}).value().size() == 1;
    });
    std::ofstream(folder("a") + "/.haul-tmp-0badcafe") << "left by a kill";
    std::ofstream(folder("a") + "/parts/part-00001") << "progress";
    holder.kill();
    const auto job = opened("a");
    ASSERT_NE(job, nullptr);
    EXPECT_FALSE(job->ledger_is_new());
    EXPECT_EQ(units_of(*job), 2U);
    EXPECT_THAT(job->ledger().claim({{}, 5, "me", {}}).value(), SizeIs(2)) << "its leases are void";
    EXPECT_FALSE(fs::exists(folder("a") + "/.haul-tmp-0badcafe"));
    EXPECT_TRUE(fs::exists(folder("a") + "/parts/part-00001"));
}

TEST_F(JobFolder, DamagedLedgerIsSaidMovedAsideAndBegunAnew) {
    {
        const auto job = opened("a");
        ASSERT_TRUE(add_unit(*job, "1"));
    }
    {
        std::fstream file(folder("a") + "/ledger.sqlite", std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(0);
        file << std::string(4096, 'x');
    }
    const auto warnings = std::make_shared<std::vector<std::string>>();
    hub_.add(std::make_unique<Warnings>(warnings));
    const auto job = opened("a");
    ASSERT_NE(job, nullptr);
    hub_.close();
    EXPECT_TRUE(job->ledger_is_new());
    EXPECT_THAT(job->token(), SizeIs(32));
    EXPECT_EQ(units_of(*job), 0U);
    ASSERT_THAT(*warnings, SizeIs(1));
    EXPECT_THAT(warnings->at(0), HasSubstr("damaged"));
    EXPECT_THAT(files("a"), testing::Contains(testing::StartsWith("ledger.sqlite.damaged-")));
}

TEST_F(JobFolder, SetAsideUnitsComeBackWithTheSameCommand) {
    {
        const auto job = opened("a");
        ASSERT_TRUE(add_unit(*job, "1"));
        for (int i = 0; i < ledger::kFailuresToSetAside; ++i) {
            const auto leases = job->ledger().claim({{}, 1, "me", {}}).value();
            ASSERT_THAT(leases, SizeIs(1));
            const Error error = make_error(Code::io, "do", "it", "planned");
            ASSERT_TRUE(job->ledger().fail(leases[0].ref, ledger::FailKind::failure, error, {}));
        }
        EXPECT_THAT(job->ledger().claim({{}, 1, "me", {}}).value(), IsEmpty());
        ASSERT_TRUE(job->end(Phase::incomplete, "1 set aside", 3));
    }
    const auto job = opened("a");
    const auto leases = job->ledger().claim({{}, 1, "me", {}}).value();
    ASSERT_THAT(leases, SizeIs(1));
    EXPECT_EQ(leases[0].failures, 0);
}

TEST_F(JobFolder, OfACompleteJobOnlyTheRecordStays) {
    std::string token;
    {
        const auto job = opened("a");
        token = job->token();
        ASSERT_TRUE(add_unit(*job, "1"));
        std::ofstream(folder("a") + "/parts/part-00001") << "progress";
        std::ofstream(folder("a") + "/log.jsonl") << "{}\n";
        job->record().files = 7;
        ASSERT_TRUE(job->end(Phase::complete, "all proven", 0));
    }
    EXPECT_THAT(files("a"), testing::UnorderedElementsAre("lock", "job.json", "log.jsonl"));
    const Record record = read_record(folder("a")).value();
    EXPECT_EQ(record.phase, Phase::complete);
    EXPECT_EQ(record.files, 7U);
    EXPECT_EQ(record.outcome, "all proven");
    EXPECT_GE(record.ended_ns, record.started_ns);

    const auto again = opened("a");
    EXPECT_TRUE(again->ledger_is_new());
    EXPECT_NE(again->token(), token);
    EXPECT_TRUE(fs::exists(folder("a") + "/parts"));
}

TEST_F(JobFolder, KilledBetweenTheRecordAndTheEndOfItsLedger) {
    {
        const auto job = opened("a");
        ASSERT_TRUE(add_unit(*job, "1"));
        std::ofstream(folder("a") + "/parts/part-00001") << "progress";
        Record record = job->record();
        record.phase = Phase::complete;
        ASSERT_TRUE(write_record(folder("a"), record));
    }
    const auto job = opened("a");
    EXPECT_TRUE(job->ledger_is_new());
    EXPECT_EQ(units_of(*job), 0U);
    EXPECT_TRUE(fs::is_empty(folder("a") + "/parts"));
}

TEST_F(JobFolder, UnreadableRecordIsWrittenAnewAndTheLedgerStays) {
    {
        const auto job = opened("a");
        ASSERT_TRUE(add_unit(*job, "1"));
    }
    std::ofstream(folder("a") + "/job.json", std::ios::trunc) << "{";
    const auto job = opened("a");
    ASSERT_NE(job, nullptr);
    EXPECT_EQ(units_of(*job), 1U);
    EXPECT_EQ(read_record(folder("a")).value().phase, Phase::running);
}

}  // namespace
}  // namespace haul::job
