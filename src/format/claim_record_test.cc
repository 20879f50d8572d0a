#include "format/claim_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace haul::format {
namespace {

ClaimRecord some_claim() {
    ClaimRecord record;
    record.number = 3;
    record.flow = "pack";
    record.source = "/data/\xff";
    record.name = "in";
    record.options.part_size = 64'000'000;
    record.token = "0123456789abcdef";
    record.owner = {
        .machine_id = "m", .boot_id = "b", .pid_namespace = 4026531836, .pid = 77, .pid_start = 123456};
    return record;
}

TEST(ClaimRecord, ReadsBackAsItWas) {
    const ClaimRecord record = some_claim();
    const Result<ClaimRecord> back = parse_claim(to_document(record), "claim-000003.json");
    ASSERT_TRUE(back) << back.error().message();
    EXPECT_EQ(back->number, 3U);
    EXPECT_EQ(back->flow, "pack");
    EXPECT_EQ(back->source, record.source);
    EXPECT_EQ(back->name, "in");
    EXPECT_EQ(back->options, record.options);
    EXPECT_EQ(back->token, record.token);
    EXPECT_EQ(back->owner, record.owner);
}

TEST(ClaimRecord, OfAnUnpackHoldsItsRequestInsteadOfOptions) {
    ClaimRecord record = some_claim();
    record.options = {};
    record.flow = "unpack";
    record.request = R"({"if_exists":"same"})";
    const std::string document = to_document(record);
    EXPECT_THAT(document, testing::Not(testing::HasSubstr("\"options\"")));
    EXPECT_EQ(parse_claim(document, "c").value().request, record.request);
}

TEST(ClaimRecord, RefusesWhatItCannotTrust) {
    struct Case {
        std::string from, to;
        Code code;
    };
    const Case cases[] = {
        {"\"haul/1\"", "\"haul/2\"", Code::unsupported},
        {"\"format\"", "\"farmat\"", Code::corrupt},
        {"\"claim\": 3", "\"claim\": -3", Code::corrupt},
        {"\"token\"", "\"taken\"", Code::corrupt},
        {"\"owner\": {", "\"owner\": 5, \"x\": {", Code::corrupt},
        {"\"pid\": 77", "\"pid\": \"77\"", Code::corrupt},
        {"\"source_b64\"", "\"sauce\"", Code::corrupt},
        {"}\n}", "}", Code::corrupt},
    };
    for (const Case& c : cases) {
        std::string document = to_document(some_claim());
        ASSERT_NE(document.find(c.from), std::string::npos) << c.from << document;
        document.replace(document.find(c.from), c.from.size(), c.to);
        const Result<ClaimRecord> back = parse_claim(document, "claim-000003.json");
        ASSERT_FALSE(back) << c.to;
        EXPECT_EQ(back.error().code, c.code) << c.to << back.error().message();
        EXPECT_THAT(back.error().message(), testing::HasSubstr("claim-000003.json"));
    }
}

TEST(ClaimNames, CarryTheirNumbers) {
    EXPECT_EQ(claim_name(1), "claim-000001.json");
    EXPECT_EQ(beat_name(1234567), "beat-1234567.json");
    EXPECT_EQ(claim_number("claim-000012.json"), 12U);
    EXPECT_EQ(beat_number("beat-1234567.json"), 1234567U);
    for (const char* name :
         {"claim-000000.json", "claim-1.json", "claim-000001.json~", "beat-000001.json", ""}) {
        EXPECT_FALSE(claim_number(name)) << name;
    }
    EXPECT_EQ(beat_document(5), "{\n  \"format\": \"haul/1\",\n  \"claim\": 5\n}\n");
}

}  // namespace
}  // namespace haul::format
