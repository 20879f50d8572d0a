#include "flow/collect/recording/recording.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "flow/collect/recording/heard.h"
#include "flow/collect/recording/recording_fixture.h"

namespace haul::collect {
namespace {

using testing::HasSubstr;

json::Value parsed(const json::Ordered& value) { return *json::parse(json::dump(value), "test"); }

TEST(Recording, ComesBackFromJson) {
    Recording recording = harness::recording(1);
    recording.reasons = {"adult", "speech_too_short"};
    const auto back = recording_from(parsed(json_of(recording)), "test");
    ASSERT_TRUE(back) << back.error().message();
    EXPECT_EQ(back->id, recording.id);
    EXPECT_EQ(back->candidate, recording.candidate);
    EXPECT_EQ(back->extension, "ogg");
    EXPECT_EQ(back->bytes, recording.bytes);
    EXPECT_EQ(back->sha256, recording.sha256);
    EXPECT_EQ(back->type, "audio/ogg");
    EXPECT_EQ(back->fetched_ns, recording.fetched_ns);
    EXPECT_EQ(parsed(back->heard), parsed(recording.heard));
    EXPECT_TRUE(back->accepted);
    EXPECT_EQ(back->reasons, recording.reasons);

    recording.heard = nullptr;
    const auto not_heard = recording_from(parsed(json_of(recording)), "test");
    ASSERT_TRUE(not_heard);
    EXPECT_TRUE(not_heard->heard.is_null());
}

TEST(Recording, LiesUnderItsId) {
    Recording recording = harness::recording(1);
    recording.id = "abcdefghijklmnopqrstuvwxyz";
    EXPECT_EQ(file_of(recording), "audio/ab/abcdefghijklmnopqrstuvwxyz.ogg");
    recording.extension = "";
    EXPECT_EQ(file_of(recording), "audio/ab/abcdefghijklmnopqrstuvwxyz");
}

TEST(Recording, AWrongFieldIsNamed) {
    const json::Value good = parsed(json_of(harness::recording(1)));
    const std::pair<const char*, json::Value> rows[] = {
        {"id", "../../../etc/passwd"},
        {"id", "abc"},
        {"id", 1},
        {"extension", "../x"},
        {"extension", "OGG"},
        {"extension", std::string(17, 'a')},
        {"sha256", "xyz"},
        {"bytes", -1},
        {"heard", "text"},
        {"accepted", "yes"},
        {"reasons", {1, 2}},
        {"reasons", "adult"},
        {"candidate", nullptr},
    };
    for (const auto& [field, wrong] : rows) {
        json::Value value = good;
        value[field] = wrong;
        const auto read = recording_from(value, "line 7");
        ASSERT_FALSE(read) << field << wrong;
        EXPECT_EQ(read.error().code, Code::corrupt) << field;
        EXPECT_THAT(read.error().message(), HasSubstr("line 7")) << field;
        value.erase(field);
        if (std::string_view(field) == "heard") continue;
        EXPECT_FALSE(recording_from(value, "line 7")) << "without " << field;
    }
}

TEST(Heard, IsCounted) {
    const auto heard = heard_from(harness::heard_json(), "test");
    ASSERT_TRUE(heard) << heard.error().message();
    EXPECT_EQ(heard->duration, 12.5);
    EXPECT_EQ(heard->sample_rate, 44100U);
    EXPECT_EQ(heard->channels, 2U);
    EXPECT_EQ(heard->speech_seconds, 7.57);
    ASSERT_EQ(heard->segments.size(), 3U);
    EXPECT_EQ(heard->segments[0].child, 0.97);
    EXPECT_FALSE(heard->segments[1].child);
    EXPECT_EQ(heard->decision, "child");
    EXPECT_EQ(heard->child_score, 0.95);
    EXPECT_EQ(heard->language, "de");
    EXPECT_FALSE(heard->broke_off);
    ASSERT_EQ(heard->models.size(), 3U);
    EXPECT_EQ(heard->models[1], (HeardModel{.role = "child", .name = "child-log-mel", .sha256 = ""}));
}

TEST(Heard, OfOtherVersionsAndDamage) {
    json::Ordered heard = harness::heard_json();
    heard.erase("sample_rate");
    heard["language"] = json::Ordered::parse(R"({"code": "und", "p": null, "model": null, "claim": null})");
    heard["error"] = json::Ordered::parse(R"({"code": "corrupt", "message": "truncated"})");
    const auto read = heard_from(heard, "test");
    ASSERT_TRUE(read) << read.error().message();
    EXPECT_EQ(read->sample_rate, 0U);
    EXPECT_EQ(read->models.size(), 2U);
    EXPECT_TRUE(read->broke_off);
}

TEST(Heard, AWrongFieldIsNamed) {
    const std::pair<const char*, json::Ordered> rows[] = {
        {"duration", -1},  {"duration", "long"},  {"segments", 1},
        {"segments", {1}}, {"child", nullptr},    {"vad", "silero"},
        {"channels", 1.5}, {"sample_rate", 1e12}, {"language", nullptr},
    };
    for (const auto& [field, wrong] : rows) {
        json::Ordered heard = harness::heard_json();
        heard[field] = wrong;
        const auto read = heard_from(heard, "ID");
        ASSERT_FALSE(read) << field;
        EXPECT_EQ(read.error().code, Code::corrupt);
        EXPECT_THAT(read.error().message(), HasSubstr(field));
        EXPECT_THAT(read.error().message(), HasSubstr("ID"));
    }
    json::Ordered heard = harness::heard_json();
    heard["segments"][1]["end"] = 1;
    EXPECT_FALSE(heard_from(heard, "ID"));
    EXPECT_FALSE(heard_from(nullptr, "ID"));
}

}  // namespace
}  // namespace haul::collect
