#include "format/member.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>
#include <vector>

#include "base/text.h"
#include "format/member_line.h"

namespace haul::format {
namespace {

Member some_file() {
    Member member;
    member.path = "a/b.jpg";
    member.size = 7;
    member.mtime_ns = 1'700'000'000'123'456'789;
    member.mode = 0644;
    member.uid = 1000;
    member.gid = 100;
    member.crc32 = 0x0badcafeU;
    member.digest = "xxh128:00000000000000000000000000000001";
    member.offset = 37;
    member.version = "7-1700000000123456789";
    member.zip_name = "a/b.jpg";
    member.proof = Proof::read;
    return member;
}

TEST(MemberLine, HasItsKeysInTheOrderOfTheFormat) {
    Member member = some_file();
    EXPECT_EQ(
        to_line(member),
        R"({"path":"a/b.jpg","type":"file","size":7,"mtime":1700000000123456789,"mode":420,"uid":1000,"gid":100,)"
        R"("crc32":"0badcafe","digest":"xxh128:00000000000000000000000000000001","offset":37,)"
        R"("version":"7-1700000000123456789","proof":"read"})");
    member.path = "a\xff";
    member.kind = zip::Kind::symlink;
    member.target = "\xfe";
    member.zip_name = "%haul/a%FF";
    member.meta = {{"Content-Type", "image/jpeg"}};
    member.proof = Proof::service_checksum;
    EXPECT_EQ(
        to_line(member),
        R"({"path_b64":"Yf8=","type":"symlink","size":7,"mtime":1700000000123456789,"mode":420,"uid":1000,)"
        R"("gid":100,"target_b64":"/g==","crc32":"0badcafe","digest":"xxh128:00000000000000000000000000000001",)"
        R"("offset":37,"version":"7-1700000000123456789","zip_name":"%haul/a%FF",)"
        R"("meta":{"Content-Type":"image/jpeg"},"proof":"service-checksum"})");
}

TEST(MemberLine, LeavesOutTheZipNameThatThePathSays) {
    struct Case {
        zip::Kind kind;
        bool offset;
        std::string zip_name;
        bool written;
    };
    const Case cases[] = {
        {zip::Kind::file, true, "p", false},    {zip::Kind::file, false, "p", false},
        {zip::Kind::file, true, "q", true},     {zip::Kind::symlink, true, "p", false},
        {zip::Kind::folder, true, "p/", false}, {zip::Kind::folder, false, "", false},
        {zip::Kind::folder, false, "p/", true}, {zip::Kind::folder, true, "p", true},
        {zip::Kind::folder, true, "", true},    {zip::Kind::file, true, "", true},
    };
    for (const Case& c : cases) {
        Member member;
        member.path = "p";
        member.kind = c.kind;
        if (c.offset) member.offset = 30;
        member.zip_name = c.zip_name;
        const std::string line = to_line(member);
        EXPECT_EQ(line.find("zip_name") != std::string::npos, c.written) << line;
        const Result<Member> back = parse_member(line, "m");
        ASSERT_TRUE(back) << back.error().message();
        EXPECT_EQ(*back, member) << line;
    }
}

TEST(MemberLine, OfAListHasNothingThatFillingTells) {
    Member member = some_file();
    std::string line;
    append_line(line, member, LineForm::list);
    EXPECT_EQ(line,
              R"({"path":"a/b.jpg","type":"file","size":7,"mtime":1700000000123456789,"mode":420,"uid":1000,)"
              R"("gid":100,"version":"7-1700000000123456789"})");
    member.crc32.reset();
    member.offset.reset();
    member.digest.clear();
    member.proof = Proof::none;
    EXPECT_EQ(parse_member(line, "m").value(), member);
}

TEST(ParseMember, IgnoresWhatItDoesNotKnow) {
    const Member plain = parse_member(R"({"path":"p","type":"file","size":1})", "m").value();
    const char* lines[] = {
        R"({"path":"p","new":1,"type":"file","size":1})",
        R"({"new":{"path":"q","a":[1,{"size":9}],"meta":{"a":"b"}},"path":"p","type":"file","size":1})",
        R"({"path":"p","type":"file","size":1,"new":[[["path"]],-1,1.5,true,null,"x"]})",
        R"( { "size" : 1 , "type" : "file" , "path" : "p" } )",
        R"({"path":"p","type":"file","size":1,"proof":"notarised"})",
        R"({"path_b64":"cA==","type":"file","size":1})",
        R"({"\u0070ath":"\u0070","type":"file","size":1})",
    };
    for (const char* line : lines) {
        const Result<Member> member = parse_member(line, "m");
        ASSERT_TRUE(member) << line << ": " << member.error().message();
        EXPECT_EQ(*member, plain) << line;
    }
}

TEST(ParseMember, RefusesAndNamesTheField) {
    struct Case {
        std::string line, says;
    };
    const Case cases[] = {
        {"", "not JSON"},
        {"{", "not JSON"},
        {"[]", "not an object"},
        {"7", "not an object"},
        {"null", "not an object"},
        {"\"path\"", "not an object"},
        {R"({"path":"p","type":"file","size":1} {})", "not JSON"},
        {"{\"path\":\"\xff\",\"type\":\"file\",\"size\":1}", "not JSON"},
        {R"({"type":"file","size":1})", "path"},
        {R"({"path":"","type":"file","size":1})", "path"},
        {R"({"path":"p","path":"q","type":"file","size":1})", "path"},
        {R"({"path":"p","path_b64":"cA==","type":"file","size":1})", "path_b64"},
        {R"({"path_b64":"c","type":"file","size":1})", "path_b64"},
        {R"({"path":5,"type":"file","size":1})", "path"},
        {R"({"path":{"path":"p"},"type":"file","size":1})", "path"},
        {R"({"path":["p"],"type":"file","size":1})", "path"},
        {R"({"path":"p","size":1})", "type"},
        {R"({"path":"p","type":"fifo","size":1})", "type"},
        {R"({"path":"p","type":"file"})", "size"},
        {R"({"path":"p","type":"file","size":-1})", "size"},
        {R"({"path":"p","type":"file","size":"1"})", "size"},
        {R"({"path":"p","type":"file","size":1.0})", "size"},
        {R"({"path":"p","type":"file","size":null})", "size"},
        {R"({"path":"p","type":"file","size":18446744073709551616})", "size"},
        {R"({"path":"p","type":"file","size":1,"mtime":9223372036854775808})", "mtime"},
        {R"({"path":"p","type":"file","size":1,"mode":4294967296})", "mode"},
        {R"({"path":"p","type":"file","size":1,"uid":true})", "uid"},
        {R"({"path":"p","type":"file","size":1,"crc32":"0BADCAFE"})", "crc32"},
        {R"({"path":"p","type":"file","size":1,"crc32":"badcafe"})", "crc32"},
        {R"({"path":"p","type":"file","size":1,"meta":"x"})", "meta"},
        {R"({"path":"p","type":"file","size":1,"meta":{"a":1}})", "meta"},
        {R"({"path":"p","type":"file","size":1,"meta":{"a":{}}})", "meta"},
        {R"({"path":"p","type":"file","size":1,"meta":{"a":[]}})", "meta"},
        {R"({"path":"p","type":"symlink","size":1,"target":"a","target_b64":"YQ=="})", "target"},
    };
    for (const Case& c : cases) {
        const Result<Member> member = parse_member(c.line, "part-00001.jsonl.zst");
        ASSERT_FALSE(member) << c.line;
        EXPECT_EQ(member.error().code, Code::corrupt);
        EXPECT_NE(member.error().message().find("part-00001.jsonl.zst"), std::string::npos);
        EXPECT_NE(member.error().message().find(c.says), std::string::npos)
            << c.line << ": " << member.error().message();
    }
}

TEST(ParseMember, NestingCostsNoStack) {
    const std::string line = R"({"path":"p","type":"file","size":1,"new":)" + std::string(400'000, '[') +
                             std::string(400'000, ']') + "}";
    EXPECT_TRUE(parse_member(line, "m"));
}

rc::Gen<std::string> any_bytes() { return rc::gen::container<std::string>(rc::gen::arbitrary<char>()); }

rc::Gen<std::string> odd_text() {
    const std::vector<std::string> pieces = {"a",      "/",          "\n",     "\t",         "\"", "\\",
                                             "\u00e9", "\U0001F600", "\u202e", " ",          ".",  "%haul/",
                                             "\x01",   "e\u0301",    "\u2028", "{\"path\":", "0"};
    return rc::gen::map(rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(pieces)),
                        [](const std::vector<std::string>& parts) {
                            std::string all;
                            for (const std::string& part : parts) all += part;
                            return all;
                        });
}

template <class T>
std::optional<T> maybe() {
    if (*rc::gen::arbitrary<bool>()) return std::nullopt;
    return *rc::gen::arbitrary<T>();
}

Member any_member() {
    Member member;
    member.path = *rc::gen::nonEmpty(rc::gen::oneOf(any_bytes(), odd_text()));
    member.kind = *rc::gen::element(zip::Kind::file, zip::Kind::folder, zip::Kind::symlink);
    member.size = *rc::gen::arbitrary<std::uint64_t>();
    member.mtime_ns = maybe<std::int64_t>();
    member.mode = maybe<std::uint32_t>();
    member.uid = maybe<std::uint32_t>();
    member.gid = maybe<std::uint32_t>();
    member.target = *rc::gen::oneOf(any_bytes(), odd_text());
    member.crc32 = maybe<std::uint32_t>();
    member.digest = *odd_text();
    member.offset = maybe<std::uint64_t>();
    member.version = *odd_text();
    member.zip_name = *odd_text();
    // The usual name is not UTF-8 where the path is not, and no archive has such a name.
    const std::string usual = usual_zip_name(member, member.offset.has_value());
    if (text::is_utf8(usual) && *rc::gen::arbitrary<bool>()) member.zip_name = usual;
    member.meta = *rc::gen::container<std::map<std::string, std::string>>(odd_text(), odd_text());
    member.proof = *rc::gen::element(Proof::none, Proof::read, Proof::service_checksum, Proof::service_copy);
    return member;
}

TEST(MemberLine, ReadsBackAsItWas) {
    const bool held = rc::check("parse(to_line(m)) == m", [] {
        const Member member = any_member();
        const std::string line = to_line(member);
        RC_ASSERT(line.find('\n') == std::string::npos);
        const Result<Member> back = parse_member(line, "m");
        if (!back) RC_FAIL(back.error().message() + ": " + line);
        RC_ASSERT(*back == member);
    });
    EXPECT_TRUE(held);
}

}  // namespace
}  // namespace haul::format
