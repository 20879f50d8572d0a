#include "flow/collect/decisions/object.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "flow/collect/decisions/tombstones.h"
#include "store/memory/memory_store.h"

namespace haul::collect {
namespace {

const std::string kId = "abcdefghijklmnopqrstuvwxyz", kOther = "bbcdefghijklmnopqrstuvwxyz";

std::vector<Decision> one_of_each() {
    return {
        Tombstone{
            .of = Erased::url, .salt = "00ff", .hash = tombstone_hash("00ff", Erased::url, "https://h/a")},
        ChannelDecision{.channel = kId,
                        .closed = true,
                        .score = 0.125,
                        .language = "de",
                        .reasons = {"child_score_low", "language_unwanted"},
                        .probe = kOther},
        ChannelDecision{.channel = kId, .closed = false},
        LicenceEvidence{.item = kId,
                        .licence = {.id = "CC-BY-4.0",
                                    .statement = "by — \"4.0\"",
                                    .page = "https://h/page",
                                    .field = "license",
                                    .seen_ns = 1'700'000'000'000'000'000}},
        PersonsDecision{.item = kOther, .accepted = false, .why = "two\nlines"}};
}

std::vector<std::string> texts_of(const std::vector<Decision>& decisions) {
    std::vector<std::string> texts;
    for (const Decision& one : decisions) texts.push_back(text_of(one));
    return texts;
}

std::vector<std::string> messages_of(const ReadObject& read) {
    std::vector<std::string> messages;
    for (const Error& error : read.damaged) messages.push_back(error.message());
    return messages;
}

const std::string kName = "decisions/000007.jsonl";

TEST(Object, GivesBackWhatWasWritten) {
    const ReadObject read = parse_object(object_text(texts_of(one_of_each())), kName);
    EXPECT_EQ(messages_of(read), std::vector<std::string>());
    EXPECT_EQ(read.decisions, one_of_each());
}

TEST(Object, ALineIsWhatThePageSays) {
    const std::string text = object_text({R"({"what":"person","item":")" + kId + R"(","accepted":true})"});
    EXPECT_EQ(text,
              R"({"what":"decisions","lines":1,"crc32":"811be891"})"
              "\n"
              R"({"what":"person","item":"abcdefghijklmnopqrstuvwxyz","accepted":true,"crc32":"2b5200f0"})"
              "\n");
}

// No damage goes unseen, and none costs a decision of another line.
TEST(Object, EveryFlippedByteIsSeenAndCostsItsOwnLineAlone) {
    const std::string whole = object_text(texts_of(one_of_each()));
    const std::size_t lines = one_of_each().size();
    for (std::size_t at = 0; at < whole.size(); ++at) {
        std::string flipped = whole;
        flipped[at] = static_cast<char>(flipped[at] ^ 1);
        const ReadObject read = parse_object(flipped, kName);
        ASSERT_FALSE(read.damaged.empty()) << at;
        // Two lines that have become one cost both.
        const bool is_end = whole[at] == '\n';
        ASSERT_GE(read.decisions.size(), lines - (is_end ? 2 : 1)) << at;
    }
}

TEST(Object, EveryCutIsSeen) {
    const std::string whole = object_text(texts_of(one_of_each()));
    for (std::size_t length = 0; length + 1 < whole.size(); ++length) {
        const ReadObject read = parse_object(whole.substr(0, length), kName);
        ASSERT_FALSE(read.damaged.empty()) << length;
    }
}

TEST(Object, DamageIsNamedByObjectAndLine) {
    std::string text = object_text(texts_of(one_of_each()));
    text.replace(text.find("CC-BY-4.0"), 9, "CC-BY-3.0");
    const ReadObject read = parse_object(text, kName);
    EXPECT_THAT(messages_of(read),
                ::testing::ElementsAre("read decisions/000007.jsonl line 5: its checksum is another"));
    EXPECT_EQ(read.decisions.size(), 4U);
}

TEST(Object, WhatIsNotKnownHereIsSaid) {
    const ReadObject read =
        parse_object(object_text({R"({"what":"oracle"})", R"({"what":"tombstone","of":"voice"})"}), kName);
    EXPECT_THAT(messages_of(read),
                ::testing::ElementsAre(::testing::HasSubstr("line 2: it is a decision of a kind"),
                                       ::testing::HasSubstr("line 3: it is a tombstone of a kind")));
}

TEST(Object, IdsAndHashesAreNothingElse) {
    const std::string hash(64, 'a'), channel = R"({"what":"channel","channel":")" + kId;
    const std::vector<std::string> bad = {
        R"({"what":"channel","channel":"../../etc","state":"closed"})",
        channel + R"(","state":"ajar"})",
        channel + R"(","state":"closed","probe":"x"})",
        channel + R"(","state":"closed","reasons":[1]})",
        R"({"what":"person","item":")" + kId + R"("})",
        R"({"what":"licence","item":")" + kId + R"("})",
        R"({"what":"tombstone","of":"item","salt":"x","hash":")" + hash + R"("})",
        R"({"what":"tombstone","of":"item","salt":"00","hash":"aa"})",
        "[]",
        "{}"};
    for (const std::string& text : bad) {
        const auto read = decision_from(text, "line");
        ASSERT_FALSE(read) << text;
        EXPECT_EQ(read.error().code, Code::corrupt) << text;
    }
}

TEST(Object, NamesAreNumbers) {
    EXPECT_EQ(object_name(7), kName);
    EXPECT_EQ(object_name(1'234'567), "decisions/1234567.jsonl");
    for (const std::uint64_t number : {std::uint64_t{1}, std::uint64_t{999'999}, std::uint64_t{1'000'000}})
        EXPECT_EQ(object_number(object_name(number)), number);
    for (const char* const other :
         {"decisions/7.jsonl", "decisions/0000007.jsonl", "decisions/.jsonl", "decisions/000007.json",
          "decisions/a/000007.jsonl", "decisions/-00007.jsonl", "audio/000007.jsonl", "decisions"})
        EXPECT_EQ(object_number(other), std::nullopt) << other;
}

TEST(Object, AreListedByNumberWithWhatAKillLeft) {
    store::memory::MemoryStore out;
    for (const char* const name : {"decisions/1000000.jsonl", "decisions/000002.jsonl", "decisions/notes.txt",
                                   "decisions/.haul-decisions-0"})
        ASSERT_TRUE(store::create_object(out, name, "x"));
    const auto listed = list_decisions(out, {}).value();
    EXPECT_THAT(listed.numbers, ::testing::ElementsAre(2, 1'000'000));
    EXPECT_THAT(listed.temporaries, ::testing::ElementsAre("decisions/.haul-decisions-0"));
}

TEST(Tombstones, KnowWhatTheyAreOf) {
    Tombstones tombstones;
    EXPECT_FALSE(tombstones.has(Erased::item, kId));
    for (const char* const salt : {"00", "01"})
        tombstones.add(
            {.of = Erased::item, .salt = salt, .hash = tombstone_hash(salt, Erased::item, salt + kId)});
    EXPECT_TRUE(tombstones.has(Erased::item, "00" + kId));
    EXPECT_TRUE(tombstones.has(Erased::item, "01" + kId));
    EXPECT_FALSE(tombstones.has(Erased::item, kId));
    EXPECT_FALSE(tombstones.has(Erased::channel, "00" + kId));
}

}  // namespace
}  // namespace haul::collect
