#include "report/account.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "report/event_text.h"

namespace haul::report {
namespace {

using testing::HasSubstr;
using testing::Not;

Event failed(Type type, Error error) {
    Event event;
    event.type = type;
    event.operation = error.operation;
    event.subject = "download abc";
    event.error = std::move(error);
    return event;
}

TEST(Account, NothingIsLeftToGuess) {
    for (const Type type :
         {Type::item_failed, Type::unit_failed, Type::unit_set_aside, Type::store_down, Type::notice}) {
        const auto object = to_json(failed(type, make_error(Code::io, "", "", "it ended")))["error"];
        for (const char* field : {"subject", "state", "kept", "cleaned", "next"})
            EXPECT_FALSE(object.value(field, "").empty()) << field;
        EXPECT_EQ(object["data_at_risk"], false);
        EXPECT_FALSE(object.contains("at_risk"));
    }
}

TEST(Account, WhatIsSaidStands) {
    Error error = make_error(Code::io, "fetch", "http://h/a", "reset");
    error.state = "leased, after 2 failures";
    error.kept = "7 bytes";
    error.cleaned = "a file";
    error.at_risk = "the last copy";
    Event event = failed(Type::unit_failed, error);
    event.text = "tried again in 1.0 s";
    const auto object = to_json(event)["error"];
    EXPECT_EQ(object["state"], "leased, after 2 failures");
    EXPECT_EQ(object["kept"], "7 bytes");
    EXPECT_EQ(object["cleaned"], "a file");
    EXPECT_EQ(object["next"], "tried again in 1.0 s");
    EXPECT_EQ(object["data_at_risk"], true);
    EXPECT_EQ(object["at_risk"], "the last copy");
    EXPECT_EQ(
        line_of(event),
        "warning: failed download abc: fetch http://h/a: reset; tried again in 1.0 s (before: leased, after "
        "2 failures; kept: 7 bytes; removed: a file; data at risk: the last copy)");
}

TEST(Account, CausesSayWhatFailedAlone) {
    Error error = make_error(Code::io, "read", "a", "broken");
    error.kept = "7 bytes";
    const auto object = to_json(std::move(error).within("fetch", "b").with_cleaned("its temporary"))["cause"];
    EXPECT_EQ(object["operation"], "read");
    EXPECT_FALSE(object.contains("kept"));
}

TEST(Account, OfItemsALineSaysWhatIsTheirsAlone) {
    Error error = make_error(Code::denied, "open", "a", "no");
    EXPECT_THAT(line_of(failed(Type::item_failed, error)), Not(HasSubstr("at risk")));
    error.at_risk = "the last copy";
    EXPECT_THAT(line_of(failed(Type::item_failed, error)), HasSubstr("; data at risk: the last copy"));
}

TEST(Account, AtTheEndTheSameCommandContinues) {
    const auto object = record_json(told_at_end(make_error(Code::no_space, "write", "a", "full")));
    EXPECT_THAT(object["next"].get<std::string>(), HasSubstr("the same command continues"));
    EXPECT_EQ(object["data_at_risk"], false);
}

}  // namespace
}  // namespace haul::report
