#include "flow/collect/item/item.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace haul::collect {
namespace {

Candidate full() {
    return {.kind = "feed",
            .source_url = "https://a.example/feed.xml",
            .item = "guid-1",
            .channel = "https://a.example/feed.xml",
            .channel_title = "Tales",
            .title = "One \"two\" \xC3\xA9",
            .page = "https://a.example/1",
            .media = "https://a.example/1.mp3",
            .media_type = "audio/mpeg",
            .duration = 12.5,
            .size = 20'000'000'000ULL,
            .language = "de",
            .published = "2024-05-06T07:08:09Z",
            .licence = {.id = "CC-BY-4.0",
                        .statement = "https://creativecommons.org/licenses/by/4.0/",
                        .page = "https://a.example/feed.xml",
                        .field = "channel/creativeCommons:license",
                        .seen_ns = 1'700'000'000'000'000'000}};
}

// Reckoned beside this program: printf 'feed\0https://a.example/feed.xml\0guid-1' | openssl dgst -sha256
// -binary | base32 | cut -c1-26, in lower case.
TEST(CollectItem, IdsNameARecordingForGood) {
    EXPECT_EQ(id_of(full()), "2tf2qz2w6mlcixhzcquqcxusm6");
    EXPECT_EQ(channel_id_of(full()), "wrg3lkfz75qbfg4dnncl7pdcsj");
    Candidate other = full();
    other.title = other.media = "changed";
    EXPECT_EQ(id_of(other), id_of(full()));
    other.source_url.back() = 'x';
    EXPECT_NE(id_of(other), id_of(full()));
    // The border between the parts counts.
    Candidate moved = full();
    moved.source_url += "guid";
    moved.item = "-1";
    EXPECT_NE(id_of(moved), id_of(full()));
}

TEST(CollectItem, GoesThroughJson) {
    const Candidate least{.kind = "files", .source_url = "/a", .item = "b", .channel = "c"};
    for (const Candidate& each : {full(), least}) {
        const auto back = candidate_from(json::parse(json::dump(json_of(each)), "x").value(), "candidate 1");
        ASSERT_TRUE(back) << back.error().message();
        EXPECT_EQ(*back, each);
    }
    EXPECT_EQ(json::dump(json_of(least)), R"({"kind":"files","source_url":"/a","item":"b","channel":"c"})");
}

TEST(CollectItem, JsonThatIsNoCandidateNamesTheField) {
    const std::pair<const char*, const char*> cases[] = {
        {"[]", "not a JSON object"},
        {R"({"source_url":"a","item":"b","channel":"c"})", "field \"kind\" is missing"},
        {R"({"kind":"feed","source_url":"a","item":"","channel":"c"})", "field \"item\" is empty"},
        {R"({"kind":"feed","source_url":"a","item":"b","channel":"c","duration":-1})",
         "field \"duration\" is not a number of seconds"},
        {R"({"kind":"feed","source_url":"a","item":"b","channel":"c","duration":"9"})",
         "field \"duration\" is not a number of seconds"},
        {R"({"kind":"feed","source_url":"a","item":"b","channel":"c","size":-1})",
         "field \"size\" is negative"},
        {R"({"kind":"feed","source_url":"a","item":"b","channel":"c","title":1})",
         "field \"title\" is not a string"},
        {R"({"kind":"feed","source_url":"a","item":"b","channel":"c","licence":[]})", "not a JSON object"},
        {R"({"kind":"feed","source_url":"a","item":"b","channel":"c","licence":{"id":1}})",
         "field \"id\" is not a string"},
    };
    for (const auto& [text, detail] : cases) {
        const auto candidate = candidate_from(json::parse(text, "x").value(), "candidate 1");
        ASSERT_FALSE(candidate) << text;
        EXPECT_EQ(candidate.error().code, Code::corrupt);
        EXPECT_EQ(candidate.error().subject, "candidate 1");
        EXPECT_EQ(candidate.error().detail, detail);
    }
}

TEST(SpdxId, Understands) {
    const std::pair<const char*, const char*> cases[] = {
        {"CC-BY-4.0", "CC-BY-4.0"},
        {" cc-by-sa-3.0-de\n", "CC-BY-SA-3.0-DE"},
        {"apache-2.0", "Apache-2.0"},
        {"https://creativecommons.org/licenses/by/4.0/", "CC-BY-4.0"},
        {"http://www.creativecommons.org/licenses/by-nc-sa/2.0/uk/legalcode", "CC-BY-NC-SA-2.0-UK"},
        {"//creativecommons.org/licenses/by-sa/4.0/deed.de", "CC-BY-SA-4.0"},
        {"https://creativecommons.org/licenses/by-nd-nc/1.0", "CC-BY-NC-ND-1.0"},
        {"https://creativecommons.org/licenses/by/4.0/legalcode.en#s3", "CC-BY-4.0"},
        {"https://creativecommons.org/publicdomain/zero/1.0/", "CC0-1.0"},
        {"Creative Commons Attribution Share Alike 4.0", "CC-BY-SA-4.0"},
        {"Creative Commons Attribution-NonCommercial-ShareAlike 4.0 International License",
         "CC-BY-NC-SA-4.0"},
        {"Attribution 4.0 International (CC BY 4.0)", "CC-BY-4.0"},
        {"CC BY 4.0 (Attribution)", "CC-BY-4.0"},
        {"Attribution-NoDerivs 3.0 Unported", "CC-BY-ND-3.0"},
        {"CC BY-NC-ND 3.0 DE", "CC-BY-NC-ND-3.0-DE"},
        {"Creative Commons Attribution Non-Commercial No Derivatives 4.0", "CC-BY-NC-ND-4.0"},
        {"This work is licensed under the Creative Commons Attribution 4.0 International License.",
         "CC-BY-4.0"},
        {"Creative Commons Zero v1.0 Universal", "CC0-1.0"},
        {"CC0 1.0 Universal (CC0 1.0) Public Domain Dedication", "CC0-1.0"},
        {"cc0", "CC0-1.0"},
    };
    for (const auto& [statement, id] : cases) EXPECT_EQ(spdx_id(statement), id) << statement;
}

// What is not clear is no licence.
TEST(SpdxId, RefusesWhatIsNotClear) {
    for (const char* statement : {"",
                                  "  ",
                                  "Creative Commons",
                                  "CC BY",
                                  "Attribution",
                                  "Attribution - Share Alike",
                                  "Creative Commons Attribution Share Alike",
                                  "4.0",
                                  "CC 4.0",
                                  "BY-4.5",
                                  "CC BY 5.0",
                                  "All rights reserved",
                                  "Not licensed under CC BY 4.0",
                                  "CC BY 4.0, text only",
                                  "CC BY-SA 4.0, CC BY-NC 4.0",
                                  "CC BY 4.0 or CC BY-SA 4.0",
                                  "CC BY 3.0, CC BY 4.0",
                                  "CC0 Attribution 1.0",
                                  "CC0 4.0",
                                  "CC BY-SA 3.0 FR",
                                  "CC BY-SA 3.0 ZZ",
                                  "CC SA 4.0",
                                  "Public Domain",
                                  "Copyright 2024 Somebody, CC BY 4.0",
                                  "https://creativecommons.org/licenses/by/",
                                  "https://creativecommons.org/licenses/by/4.0/x",
                                  "https://creativecommons.org/licenses/by-xx/4.0/",
                                  "https://creativecommons.org/about/by/4.0/",
                                  "https://creativecommons.org.example/licenses/by/4.0/",
                                  "https://evil.example/creativecommons.org/licenses/by/4.0/",
                                  "https://creativecommons.org/licenses/by/v4.0/",
                                  "https://creativecommons.org/publicdomain/zero/1.0/de/deed/more",
                                  "MIT or Apache-2.0"})
        EXPECT_EQ(spdx_id(statement), "") << statement;
}

RC_GTEST_PROP(SpdxId, AnyTextIsTaken, (const std::string& text)) {
    const std::string id = spdx_id(text);
    RC_ASSERT(spdx_id(id) == id);
}

}  // namespace
}  // namespace haul::collect
