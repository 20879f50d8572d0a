#include "format/part_list.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/zstd.h"
#include "format/test_keep.h"

namespace haul::format {
namespace {

std::vector<Member> some_members() {
    Member file;
    file.path = "a\xff";
    file.size = 7;
    file.mtime_ns = -5;
    file.version = "7-5";
    file.zip_name = "%haul/a%FF";
    Member line_only;
    line_only.path = ".";
    line_only.kind = zip::Kind::folder;
    line_only.mode = 0755;
    Member empty_folder = line_only;
    empty_folder.path = "empty";
    empty_folder.zip_name = "empty/";
    return {line_only, file, empty_folder};
}

PartListEnd some_end() {
    PartListEnd end;
    end.layout_hash = "xxh128:00";
    end.cursor = std::string("c\0\xff", 3);
    end.last = true;
    end.oversize = true;
    end.members = 2;
    end.folders = 1;
    end.bytes = 7;
    end.image_size = 400;
    end.settles = true;
    end.notes = {{ListNote::What::failed, {"f\xff", "denied", "open f"}},
                 {ListNote::What::late, {"l", "changed", ""}}};
    return end;
}

std::string written(const std::vector<Member>& members, const PartListEnd& end) {
    std::string out;
    PartListWriter writer;
    EXPECT_TRUE(writer.begin({.part = 3, .revision = 2}, out));
    for (const Member& member : members) EXPECT_TRUE(writer.add(member, out));
    EXPECT_TRUE(writer.end(end, out));
    return out;
}

Result<PartListEnd> read_back(std::string_view compressed, std::vector<Member>& members) {
    PartListReader reader("part-00003.r2.list.zst");
    TRY(reader.write(compressed, test::keep_in(members)));
    return reader.end();
}

TEST(PartList, ReadsBackAsItWas) {
    const std::string compressed = written(some_members(), some_end());
    PartListReader reader("l");
    std::vector<Member> members;
    for (const char c : compressed)
        ASSERT_TRUE(reader.write(std::string_view(&c, 1), test::keep_in(members)));
    const Result<PartListEnd> end = reader.end();
    ASSERT_TRUE(end) << end.error().message();
    EXPECT_EQ(members, some_members());
    EXPECT_EQ(reader.header()->part, 3U);
    EXPECT_EQ(reader.header()->revision, 2U);
    EXPECT_EQ(end->cursor, some_end().cursor);
    EXPECT_EQ(end->layout_hash, "xxh128:00");
    EXPECT_TRUE(end->last);
    EXPECT_TRUE(end->oversize);
    EXPECT_EQ(end->members, 2U);
    EXPECT_EQ(end->folders, 1U);
    EXPECT_EQ(end->bytes, 7U);
    EXPECT_EQ(end->image_size, 400U);
    EXPECT_TRUE(end->settles);
    EXPECT_EQ(end->notes, some_end().notes);
}

TEST(PartList, HasNoWordOfWhatFillingTells) {
    std::vector<Member> members = some_members();
    members[1].crc32 = 5;
    members[1].offset = 30;
    members[1].digest = "xxh128:11";
    members[1].proof = Proof::read;
    EXPECT_EQ(written(members, some_end()), written(some_members(), some_end()));
}

TEST(PartList, WithoutAWholeClosingLineItIsCorrupt) {
    const std::string whole = written(some_members(), some_end());
    std::vector<Member> members;
    for (std::size_t size = 0; size < whole.size(); ++size) {
        EXPECT_EQ(read_back(whole.substr(0, size), members).error().code, Code::corrupt) << size;
    }
    const std::string text = zstd::decompress(whole, 1 << 20, "l").value();
    const std::size_t closing = text.rfind("{\"end\"");
    const std::string cases[] = {
        text.substr(0, closing),                                     // none
        text.substr(0, text.size() - 1),                             // its newline is missing
        text + text.substr(closing),                                 // twice
        text + "{\"path\":\"x\",\"type\":\"file\",\"size\":1}\n",    // a member behind it
        text.substr(0, text.find('\n') + 1) + text.substr(closing),  // without the members that it counts
        text.substr(text.find('\n') + 1),                            // without its header
        "{\"format\":\"haul/1\",\"part\":0,\"revision\":1}\n" + text.substr(text.find('\n') + 1),
    };
    for (const std::string& damaged : cases) {
        EXPECT_EQ(read_back(zstd::compress(damaged).value(), members).error().code, Code::corrupt) << damaged;
    }
    EXPECT_TRUE(read_back(zstd::compress(text).value(), members));
}

TEST(PartList, OfALaterMajorVersionIsRefused) {
    std::vector<Member> members;
    const std::string text = "{\"format\":\"haul/2\"}\n";
    EXPECT_EQ(read_back(zstd::compress(text).value(), members).error().code, Code::unsupported);
}

}  // namespace
}  // namespace haul::format
