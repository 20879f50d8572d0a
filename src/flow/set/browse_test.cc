// ls and cat over a set in memory.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "flow/set/set_harness.h"
#include "flow/set/verify.h"

namespace haul::set {
namespace {

using harness::PackedSet;
using testing::ElementsAre;

constexpr std::uint64_t kWholeBelow = 64ULL << 20U;

class Browse : public testing::Test {
  protected:
    Browse() { harness::fill(set_); }

    std::vector<std::string> listed(const std::string& pattern = "") {
        std::vector<std::string> paths;
        const Status done = list(set_.store, pattern,
                                 [&](const Listed& one) -> Status {
                                     EXPECT_EQ(one.part, "part-00001.zip");
                                     paths.push_back(one.member.path);
                                     return {};
                                 },
                                 {});
        EXPECT_TRUE(done.has_value());
        return paths;
    }

    report::Hub hub_;
    PackedSet set_;
};

struct Output {
    std::string bytes;
    Status status;
};

Output cat_of(store::Store& store, const std::string& path) {
    Output output;
    output.status = cat(store, path,
                        [&](std::span<const std::byte> bytes) -> Status {
                            output.bytes += store::text_of(bytes);
                            return {};
                        },
                        {});
    return output;
}

TEST_F(Browse, ListsMembersInOrder) {
    EXPECT_THAT(listed(), ElementsAre(".", "a", "b/empty", "c", "d", "e"));
    EXPECT_THAT(listed("b/*"), ElementsAre("b/empty"));
    EXPECT_THAT(listed("c/"), ElementsAre("c"));
    EXPECT_THAT(listed("nothing"), ElementsAre());
}

TEST_F(Browse, WhatNoLongerCountsIsNotThere) {
    set_.record.superseded = {{"a", "part-00001.zip"}};
    set_.record.gone = {{"e", "part-00001.zip"}, {"d", "part-00002.zip"}};
    set_.put_records();
    EXPECT_THAT(listed(), ElementsAre(".", "b/empty", "c", "d"));
    for (const char* path : {"a", "e"}) {
        const Output output = cat_of(set_.store, path);
        ASSERT_FALSE(output.status.has_value());
        EXPECT_EQ(output.status.error().code, Code::not_found);
        EXPECT_EQ(output.status.error().subject, path);
    }
}

TEST_F(Browse, AVisitorEndsTheListing) {
    int seen = 0;
    const Status done =
        list(set_.store, "",
             [&](const Listed&) -> Status {
                 return ++seen < 2 ? Status() : Status(failure(Code::interrupted, "list", "", "enough"));
             },
             {});
    ASSERT_FALSE(done.has_value());
    EXPECT_EQ(seen, 2);
}

TEST_F(Browse, CatGivesTheContents) {
    EXPECT_EQ(cat_of(set_.store, "a").bytes, "contents of a");
    EXPECT_EQ(cat_of(set_.store, "e").bytes, std::string(3000, 'e'));
    const Output empty = cat_of(set_.store, "b/empty");
    EXPECT_TRUE(empty.status.has_value());
    EXPECT_EQ(empty.bytes, "");
}

TEST_F(Browse, CatOfWhatIsNoFile) {
    for (const char* path : {".", "c", "d"}) {
        const Output output = cat_of(set_.store, path);
        ASSERT_FALSE(output.status.has_value());
        EXPECT_EQ(output.status.error().code, Code::usage) << path;
    }
    EXPECT_EQ(cat_of(set_.store, "b").status.error().code, Code::not_found);
}

TEST_F(Browse, CatGivesNothingOfADamagedSmallFile) {
    set_.spoil(set_.table.layout().data_offset(0) + 12);
    const Output output = cat_of(set_.store, "a");
    ASSERT_FALSE(output.status.has_value());
    EXPECT_EQ(output.status.error().code, Code::corrupt);
    EXPECT_EQ(output.bytes, "");
}

TEST_F(Browse, CatHoldsDigestAndCrcAgainstTheContents) {
    for (const bool crc : {false, true}) {
        const std::vector<format::Member> before = set_.members;
        format::Member& member = set_.members[1];
        if (crc) {
            member.crc32 = *member.crc32 ^ 1U;
        } else {
            member.digest = digest::text(PackedSet::kAlgorithm, std::string(16, 'x'));
        }
        set_.put_records();
        set_.members = before;
        EXPECT_EQ(cat_of(set_.store, "a").status.error().code, Code::corrupt) << crc;
    }
}

TEST_F(Browse, CatOfAPartThatIsGoneOrCutShort) {
    set_.put("part-00001.zip", set_.image.substr(0, 50));
    EXPECT_FALSE(cat_of(set_.store, "e").status.has_value());
    set_.remove("part-00001.zip");
    EXPECT_EQ(cat_of(set_.store, "a").status.error().code, Code::not_found);
}

// Of large files a mismatch is found at the end: what was streamed cannot be taken back.
TEST(BrowseTest, CatStreamsLargeFiles) {
    PackedSet set;
    set.add_file("just below", std::string(kWholeBelow - 1, 'b'));
    set.add_file("large", std::string(kWholeBelow, 'l'));
    set.publish();
    EXPECT_EQ(cat_of(set.store, "large").bytes.size(), kWholeBelow);
    EXPECT_EQ(cat_of(set.store, "just below").bytes.size(), kWholeBelow - 1);
    for (const std::size_t entry : {0U, 1U}) {
        set.spoil(set.table.layout().data_end(entry) - 1);
        const Output output = cat_of(set.store, entry == 0 ? "just below" : "large");
        EXPECT_EQ(output.status.error().code, Code::corrupt);
        EXPECT_EQ(output.bytes.size(), entry == 0 ? 0 : kWholeBelow);
    }
}

}  // namespace
}  // namespace haul::set
