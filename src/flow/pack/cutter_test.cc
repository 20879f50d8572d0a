#include "flow/pack/cutter.h"

#include <gtest/gtest.h>

#include <string>

#include "format/member_table.h"

namespace haul::pack {
namespace {

constexpr std::uint64_t kPart = 10'000;

format::Member file(const std::string& path, std::uint64_t size) {
    format::Member member;
    member.path = path;
    member.zip_name = path;
    member.size = size;
    return member;
}

format::Member folder_line(const std::string& path) {
    format::Member member;
    member.path = path;
    member.kind = zip::Kind::folder;
    return member;
}

TEST(CutterTest, ClosesBeforeAnImageWouldPassThePartSize) {
    PartSums open;
    EXPECT_FALSE(closes_before(open, file("a", 6'000), kPart));
    open.add(file("a", 6'000));
    EXPECT_FALSE(closes_before(open, file("b", 3'000), kPart));
    EXPECT_TRUE(closes_before(open, file("b", 4'000), kPart));
    EXPECT_LE(open.outline().image_size(), kPart);
    EXPECT_EQ(open.file_bytes(), 6'000U);
}

TEST(CutterTest, AFileLargerThanAPartStandsAlone) {
    PartSums open;
    open.add(file("small", 10));
    EXPECT_TRUE(closes_before(open, file("huge", 20'000), kPart));
    EXPECT_FALSE(is_oversize(open, kPart));
    open = {};
    EXPECT_TRUE(open.empty());
    EXPECT_FALSE(closes_before(open, file("huge", 20'000), kPart));
    open.add(file("huge", 20'000));
    EXPECT_TRUE(is_oversize(open, kPart));
    EXPECT_TRUE(closes_before(open, file("next", 1), kPart));
}

TEST(CutterTest, FolderLinesStandInTheOpenPart) {
    PartSums open;
    open.add(file("a", 9'000));
    EXPECT_FALSE(closes_before(open, folder_line("b"), kPart));
    open.add(folder_line("b"));
    EXPECT_EQ(open.members(), 1U);
    EXPECT_EQ(open.folders(), 1U);
    EXPECT_EQ(open.text(), 2U);
}

TEST(CutterTest, TextHasALimit) {
    format::Member link = file("link", 0);
    link.kind = zip::Kind::symlink;
    link.target = std::string(4'000, 't');
    for (const format::Member& member : {folder_line(std::string(4'000, 'x')), link}) {
        PartSums open;
        while (!closes_before(open, member, 1ULL << 40U)) open.add(member);
        EXPECT_LE(open.text(), kMostText);
        EXPECT_GT(open.text() + format::text_of(member), kMostText);
    }
}

TEST(CutterTest, FolderLinesCountAsLines) {
    PartSums open;
    for (int i = 0; i < 999'999; ++i) open.add(folder_line("x"));
    EXPECT_FALSE(closes_before(open, file("a", 1), 1ULL << 40U));
    open.add(folder_line("x"));
    EXPECT_TRUE(closes_before(open, file("a", 1), 1ULL << 40U));
    EXPECT_TRUE(closes_before(open, folder_line("x"), 1ULL << 40U));
}

TEST(CutterTest, ClosesAtAMillionMembersAndAt64MiBOfDirectory) {
    PartSums short_names, long_names;
    constexpr std::uint64_t large = 1ULL << 40U;
    while (!closes_before(short_names, file("x", 0), large)) short_names.add(file("x", 0));
    EXPECT_EQ(short_names.members(), 1'000'000U);
    const format::Member named = file(std::string(60'000, 'x'), 0);
    while (!closes_before(long_names, named, large)) long_names.add(named);
    EXPECT_LE(long_names.outline().directory_size(), 64ULL << 20U);
    EXPECT_GT(long_names.outline().directory_size_with(format::item_of(named)), 64ULL << 20U);
}

}  // namespace
}  // namespace haul::pack
