#include "format/manifest.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/zstd.h"
#include "format/test_keep.h"

namespace haul::format {
namespace {

Member file(const std::string& path) {
    Member member;
    member.path = path;
    member.size = 3;
    member.crc32 = 0x00c0ffeeU;
    member.offset = 100;
    member.zip_name = path;
    return member;
}

Member folder_line(const std::string& path) {
    Member member;
    member.path = path;
    member.kind = zip::Kind::folder;
    return member;
}

ManifestHeader header(std::uint64_t members, std::uint64_t folders) {
    ManifestHeader made;
    made.part = "part-00001.zip";
    made.layout_hash = "xxh128:0123456789abcdef0123456789abcdef";
    made.image_size = 1234;
    made.crc32 = 0x0000beefU;
    made.members = members;
    made.folders = folders;
    made.bytes = 3 * members;
    made.first = "a\xff";
    made.last = "z";
    return made;
}

std::string written(const ManifestHeader& first, const std::vector<Member>& members) {
    std::string out;
    ManifestWriter writer;
    EXPECT_TRUE(writer.begin(first, out));
    for (const Member& member : members) EXPECT_TRUE(writer.add(member, out));
    EXPECT_TRUE(writer.end(out));
    return out;
}

Result<std::vector<Member>> read_back(std::string_view compressed, std::size_t slice = 1U << 20U) {
    ManifestReader reader("part-00001.jsonl.zst");
    std::vector<Member> members;
    for (; !compressed.empty(); compressed.remove_prefix(std::min(slice, compressed.size()))) {
        TRY(reader.write(compressed.substr(0, slice), test::keep_in(members)));
    }
    TRY(reader.end());
    return members;
}

constexpr std::string_view kHeaderLine =
    R"({"format":"haul/1","part":"part-00001.zip","layout":"xxh128:0123456789abcdef0123456789abcdef","size":1234,)"
    R"("crc32":"0000beef","members":1,"folders":0,"bytes":3,"first_b64":"Yf8=","last":"z"})";
constexpr std::string_view kLine = R"({"path":"a","type":"file","size":3,"offset":30})";

Result<std::vector<Member>> read_text(const std::string& text) {
    return read_back(zstd::compress(text).value());
}

TEST(Manifest, IsAHeaderLineAndALineAMember) {
    const std::string text = zstd::decompress(written(header(1, 0), {file("a")}), 1 << 20, "m").value();
    EXPECT_EQ(text, std::string(kHeaderLine) + "\n" +
                        R"({"path":"a","type":"file","size":3,"crc32":"00c0ffee","offset":100})" + "\n");
}

TEST(Manifest, ReadsBackInSlicesOfAnySize) {
    std::vector<Member> members;
    for (int i = 0; i < 3000; ++i) members.push_back(file("folder/name \n" + std::to_string(i)));
    members.push_back(folder_line("."));
    const std::string compressed = written(header(3000, 1), members);
    for (const std::size_t slice : {1UL, 7UL, 4096UL, 1UL << 20U}) {
        const auto back = read_back(compressed, slice);
        ASSERT_TRUE(back) << back.error().message();
        EXPECT_EQ(*back, members) << slice;
    }
    EXPECT_EQ(compressed, written(header(3000, 1), members));
}

TEST(Manifest, TellsItsHeaderAsSoonAsItsLineIsThere) {
    ManifestReader reader("m");
    std::vector<Member> members;
    EXPECT_FALSE(reader.header());
    ASSERT_TRUE(reader.write(written(header(1, 0), {file("a")}), test::keep_in(members)));
    ASSERT_TRUE(reader.header());
    EXPECT_EQ(reader.header()->part, "part-00001.zip");
    EXPECT_EQ(reader.header()->crc32, 0xbeefU);
    EXPECT_EQ(reader.header()->first, "a\xff");
    EXPECT_EQ(reader.header()->image_size, 1234U);
}

TEST(Manifest, RefusesToBeOtherThanItsHeader) {
    std::string out;
    ManifestWriter writer;
    ASSERT_TRUE(writer.begin(header(2, 0), out));
    ASSERT_TRUE(writer.add(file("a"), out));
    EXPECT_EQ(writer.end(out).error().code, Code::internal);
}

TEST(Manifest, RefusesALineAboveOneMebibyte) {
    std::string out;
    ManifestWriter writer;
    ASSERT_TRUE(writer.begin(header(1, 0), out));
    EXPECT_EQ(writer.add(file(std::string((1U << 20U) + 1, 'x')), out).error().code, Code::unsupported);
    ASSERT_TRUE(writer.add(file("a"), out));
    ASSERT_TRUE(writer.end(out));
    EXPECT_EQ(read_back(out).value().size(), 1U);
}

TEST(Manifest, DamageIsCorrupt) {
    const std::string head(kHeaderLine), line(kLine);
    const std::string two = R"({"format":"haul/2","part":5})";
    struct Case {
        const char* what;
        std::string text;
        Code code;
    };
    const Case cases[] = {
        {"empty", "", Code::corrupt},
        {"no header", line + "\n", Code::corrupt},
        {"no newline at the end", head + "\n" + line, Code::corrupt},
        {"too few lines", head + "\n", Code::corrupt},
        {"too many lines", head + "\n" + line + "\n" + line + "\n", Code::corrupt},
        {"a folder line too many", head + "\n" + line + "\n" + R"({"path":".","type":"dir","size":0})" + "\n",
         Code::corrupt},
        {"an empty line", head + "\n\n" + line + "\n", Code::corrupt},
        {"a line that never ends", head + "\n" + std::string(8U << 20U, ' '), Code::corrupt},
        {"a long line", head + "\n" + std::string(2U << 20U, ' ') + "\n", Code::corrupt},
        {"later major version", two + "\n", Code::unsupported},
        {"no format", "{}\n", Code::corrupt},
    };
    for (const Case& c : cases) {
        const auto back = read_text(c.text);
        ASSERT_FALSE(back) << c.what;
        EXPECT_EQ(back.error().code, c.code) << c.what << ": " << back.error().message();
    }
    EXPECT_TRUE(read_text(head + "\n" + line + "\n"));
}

TEST(Manifest, CutAtAnyLengthOrWithAnyByteChangedItIsCorrupt) {
    const std::string whole = written(header(2, 1), {file("a"), folder_line("b"), file("c")});
    for (std::size_t size = 0; size < whole.size(); ++size) {
        EXPECT_EQ(read_back(whole.substr(0, size)).error().code, Code::corrupt) << size;
    }
    for (std::size_t at = 0; at < whole.size(); ++at) {
        std::string damaged = whole;
        damaged[at] = static_cast<char>(damaged[at] ^ 4);
        const auto back = read_back(damaged);
        // A bit of the frame's header may mean nothing; then every member is as it was.
        EXPECT_EQ(back ? back->size() : 3U, 3U) << at;
    }
    EXPECT_EQ(read_back(whole + "x").error().code, Code::corrupt);
    EXPECT_EQ(read_back(whole + written(header(0, 0), {})).error().code, Code::corrupt);
}

TEST(CheckFormat, TakesThisMajorVersionOnly) {
    struct Case {
        const char* format;
        std::optional<Code> code;
    };
    const Case cases[] = {
        {"haul/1", std::nullopt},        {"haul/1.3", std::nullopt},
        {"haul/2", Code::unsupported},   {"haul/10", Code::unsupported},
        {"haul/2.0", Code::unsupported}, {"haul/0", Code::corrupt},
        {"haul/", Code::corrupt},        {"haul/1x", Code::corrupt},
        {"haul/-1", Code::corrupt},      {"", Code::corrupt},
        {"tar/1", Code::corrupt},        {"haul/99999999999999", Code::corrupt},
    };
    for (const Case& c : cases) {
        const Status status = check_format(c.format, "haul-00001.json");
        ASSERT_EQ(status.has_value(), !c.code.has_value()) << c.format;
        if (status) continue;
        EXPECT_EQ(status.error().code, *c.code) << c.format;
        EXPECT_EQ(status.error().remedy == "use a newer haul", *c.code == Code::unsupported) << c.format;
    }
}

}  // namespace
}  // namespace haul::format
