#include "flow/pack/cutter.h"

#include <gtest/gtest.h>

namespace haul::pack {
namespace {

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
    Cutter cutter(10'000);
    EXPECT_FALSE(cutter.closes_before(file("a", 6'000)));
    cutter.add(file("a", 6'000));
    EXPECT_FALSE(cutter.closes_before(file("b", 3'000)));
    EXPECT_TRUE(cutter.closes_before(file("b", 4'000)));
    EXPECT_LE(cutter.table().layout().image_size(), 10'000U);
}

TEST(CutterTest, AFileLargerThanAPartStandsAlone) {
    Cutter cutter(10'000);
    cutter.add(file("small", 10));
    EXPECT_TRUE(cutter.closes_before(file("huge", 20'000)));
    cutter.reset();
    EXPECT_FALSE(cutter.closes_before(file("huge", 20'000)));
    cutter.add(file("huge", 20'000));
    EXPECT_TRUE(cutter.oversize());
    EXPECT_TRUE(cutter.closes_before(file("next", 1)));
    cutter.reset();
    EXPECT_FALSE(cutter.oversize());
    EXPECT_TRUE(cutter.empty());
}

TEST(CutterTest, FolderLinesStandInTheOpenPart) {
    Cutter cutter(10'000);
    cutter.add(file("a", 9'000));
    EXPECT_FALSE(cutter.closes_before(folder_line("b")));
    cutter.add(folder_line("b"));
    EXPECT_EQ(cutter.table().entries(), 1U);
    EXPECT_EQ(cutter.table().lines(), 2U);
}

}  // namespace
}  // namespace haul::pack
