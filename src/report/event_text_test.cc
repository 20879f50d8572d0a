#include "report/event_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace haul::report {
namespace {

Event event_of(Type type, std::string subject, std::string text, Level level = Level::info) {
    Event event;
    event.type = type;
    event.level = level;
    event.subject = std::move(subject);
    event.text = std::move(text);
    return event;
}

TEST(EventText, NamesAreDistinctAndStable) {
    EXPECT_EQ(name_of(Type::job_started), "job_started");
    EXPECT_EQ(name_of(Type::item_failed), "item_failed");
    EXPECT_EQ(name_of(Type::store_up), "store_up");
    EXPECT_EQ(name_of(Type::notice), "notice");
    EXPECT_EQ(name_of(Type::job_finished), "job_finished");
    EXPECT_EQ(name_of(Level::debug), "debug");
    EXPECT_EQ(name_of(Level::error), "error");
}

TEST(EventText, Lines) {
    struct Row {
        Event event;
        std::string line;
    };
    Event failed = event_of(Type::item_failed, "a\nb", "");
    failed.error = make_error(Code::denied, "open", "a\nb", "Permission denied");
    Event part = event_of(Type::part_done, "part-00001.zip", "");
    part.files = 10409;
    part.bytes = 230'000'000;
    const std::vector<Row> rows = {
        {event_of(Type::notice, "", "hello"), "hello"},
        {event_of(Type::notice, "", "low on space", Level::warning), "warning: low on space"},
        {event_of(Type::notice, "x", "bad", Level::error), "error: x: bad"},
        {event_of(Type::item_skipped, "run/pipe", "a FIFO"), "skipped run/pipe: a FIFO"},
        {failed, "error: failed a\\nb: open a\\nb: Permission denied"},
        {part, "part-00001.zip done: 10,409 entries, 230.0 MB"},
        {event_of(Type::unit_set_aside, "part 00003", "5 failures"),
         "error: set aside part 00003: 5 failures"},
        {event_of(Type::worker, "part 00003", ""), ""},
        {event_of(Type::progress, "", ""), ""},
    };
    for (const Row& row : rows) EXPECT_EQ(line_of(row.event), row.line);
}

TEST(EventText, TypesAreAsLoudAsTheyMustBe) {
    EXPECT_EQ(level_of(event_of(Type::item_failed, "", "")), Level::error);
    EXPECT_EQ(level_of(event_of(Type::unit_failed, "", "")), Level::warning);
    EXPECT_EQ(level_of(event_of(Type::notice, "", "", Level::debug)), Level::debug);
    EXPECT_EQ(level_of(event_of(Type::unit_failed, "", "", Level::error)), Level::error);
}

TEST(EventText, JsonCarriesTimeEventJobAndOnlyWhatIsThere) {
    Event event = event_of(Type::part_done, "part-00001.zip", "");
    event.job = "00ff";
    event.files = 3;
    event.bytes = 4;
    event.time_ns = 1'000'000'000LL * 1'700'000'000;
    EXPECT_EQ(json::dump(to_json(event)),
              R"({"time":"2023-11-14T22:13:20.000Z","event":"part_done","job":"00ff",)"
              R"("level":"info","subject":"part-00001.zip","files":3,"bytes":4})");
}

TEST(EventText, JsonKeepsBytesThatAreNoUtf8) {
    const auto object = to_json(event_of(Type::item_skipped, "caf\xe9", "x"));
    EXPECT_EQ(object["subject_b64"], "Y2Fm6Q==");
    const auto text = json::dump(object);
    EXPECT_THAT(text, testing::HasSubstr("\"subject\":\"caf\xef\xbf\xbd\""));
}

TEST(EventText, ErrorsKeepTheirChain) {
    Error error = os_error(13, "open", "a").within("read", "part 00001").with_remedy("run as its owner");
    const auto object = to_json(error);
    EXPECT_EQ(object["code"], "denied");
    EXPECT_EQ(object["operation"], "read");
    EXPECT_EQ(object["remedy"], "run as its owner");
    EXPECT_EQ(object["cause"]["operation"], "open");
    EXPECT_EQ(object["cause"]["os_error"], 13);
    EXPECT_FALSE(object["cause"].contains("cause"));
    EXPECT_FALSE(object.contains("kept"));
}

}  // namespace
}  // namespace haul::report
