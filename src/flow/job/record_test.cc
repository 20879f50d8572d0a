#include "flow/job/record.h"

#include <gmock/gmock.h>

#include <fstream>

#include "flow/job/job_harness.h"

namespace haul::job {
namespace {

using testing::HasSubstr;

Record full_record() {
    Record record;
    record.id = "0123456789abcdef";
    record.flow = "unpack";
    record.source = "/bytes \xff\xfe";
    record.destination = "/umlaut \xC3\xA4";
    record.name = "";
    record.arguments = {"unpack", "", "a\nb", "\xff", "--name=\xE2\x98\x83"};
    record.working_folder = "/\x80";
    record.phase = Phase::incomplete;
    record.outcome = "2 failed";
    record.started_ns = 1'795'380'000'123'456'789;
    record.ended_ns = -1;
    record.files = ~0ULL;
    record.bytes = 1;
    record.failed_items = 2;
    record.skipped_items = 3;
    record.set_aside = 4;
    record.exit_code = 3;
    return record;
}

TEST(Record, ComesBackAsItWas) {
    const Record record = full_record();
    const json::Value value = json::parse(json::dump(json_of(record)), "record").value();
    const Result<Record> back = record_from(value, "record");
    ASSERT_TRUE(back) << back.error().message();
    EXPECT_EQ(json_of(*back), json_of(record));
    EXPECT_EQ(back->source, record.source);
    EXPECT_EQ(back->arguments, record.arguments);
    EXPECT_EQ(back->working_folder, record.working_folder);
    EXPECT_EQ(back->files, record.files);
    EXPECT_EQ(back->phase, Phase::incomplete);
}

TEST(Record, EveryPhaseHasItsOwnName) {
    for (const Phase phase :
         {Phase::running, Phase::interrupted, Phase::incomplete, Phase::failed, Phase::complete}) {
        Record record = full_record();
        record.phase = phase;
        const json::Value value = json::parse(json::dump(json_of(record)), "record").value();
        EXPECT_EQ(record_from(value, "record").value().phase, phase);
    }
}

TEST(Record, RefusesWhatIsNoRecord) {
    struct Row {
        const char* name;
        void (*damage)(json::Value&);
        Code code;
    };
    const Row rows[] = {
        {"no id", [](json::Value& v) { v.erase("id"); }, Code::corrupt},
        {"newer format", [](json::Value& v) { v["format"] = "haul-job/2"; }, Code::unsupported},
        {"no format", [](json::Value& v) { v.erase("format"); }, Code::corrupt},
        {"unknown phase", [](json::Value& v) { v["phase"] = "asleep"; }, Code::corrupt},
        {"arguments", [](json::Value& v) { v["arguments"] = "pack"; }, Code::corrupt},
        {"an argument", [](json::Value& v) { v["arguments"][0] = 7; }, Code::corrupt},
        {"base64", [](json::Value& v) { v["arguments"][0] = {{"b64", "?"}}; }, Code::corrupt},
        {"negative", [](json::Value& v) { v["files"] = -1; }, Code::corrupt},
        {"list", [](json::Value& v) { v = json::Value::array(); }, Code::corrupt},
    };
    for (const Row& row : rows) {
        json::Value value = json::parse(json::dump(json_of(full_record())), "record").value();
        row.damage(value);
        const Result<Record> read = record_from(value, "job.json");
        ASSERT_FALSE(read) << row.name;
        EXPECT_EQ(read.error().code, row.code) << row.name;
    }
    json::Value more = json::parse(json::dump(json_of(full_record())), "record").value();
    more["of a later program"] = 1;
    EXPECT_TRUE(record_from(more, "job.json"));
}

class RecordFile : public harness::JobTest {};

TEST_F(RecordFile, IsWrittenWholeAndForItsOwnerAlone) {
    ASSERT_TRUE(write_record(root_, full_record()));
    EXPECT_EQ(read_record(root_).value().id, full_record().id);
    const struct ::stat found = file::stat_at(AT_FDCWD, root_ + "/job.json", false).value();
    EXPECT_EQ(found.st_mode & 0777U, 0600U);
}

TEST_F(RecordFile, EveryTruncationIsAnError) {
    ASSERT_TRUE(write_record(root_, full_record()));
    const std::string whole = file::read_whole(root_ + "/job.json", kRecordLimit).value();
    for (std::size_t length = 0; length + 2 < whole.size(); ++length) {
        std::ofstream(root_ + "/job.json", std::ios::trunc) << whole.substr(0, length);
        EXPECT_FALSE(read_record(root_)) << length;
    }
}

}  // namespace
}  // namespace haul::job
