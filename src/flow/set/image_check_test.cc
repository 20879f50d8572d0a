// Whatever contradicts a part's layout is told with the offset of its first wrong byte.
#include "flow/set/image_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "flow/set/set_harness.h"

namespace haul::set {
namespace {

using harness::PackedSet;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

struct Told {
    std::uint64_t offset;
    std::optional<std::size_t> entry;
    std::string what;
};

class ImageCheck : public testing::Test {
  protected:
    ImageCheck() { harness::fill(set_); }

    std::vector<Told> check(const std::vector<std::uint32_t>& expected) {
        std::vector<Told> told;
        const auto contents =
            check_image(set_.store, "part-00001.zip", set_.table, expected, PackedSet::kAlgorithm,
                        [&](std::uint64_t offset, std::optional<std::size_t> entry, std::string what) {
                            told.push_back({offset, entry, std::move(what)});
                        },
                        {.progress = [&](std::uint64_t bytes) { read_ += bytes; }}, {});
        EXPECT_TRUE(contents.has_value());
        if (contents) contents_ = *contents;
        return told;
    }
    std::vector<Told> check() { return check(set_.crcs); }
    const zip::Layout& layout() const { return set_.table.layout(); }

    PackedSet set_;
    ImageContents contents_;
    std::uint64_t read_ = 0;
};

TEST_F(ImageCheck, AWholeImageHoldsNoContradiction) {
    EXPECT_THAT(check(), IsEmpty());
    EXPECT_EQ(read_, set_.image.size());
    EXPECT_EQ(contents_.crcs, set_.crcs);
    EXPECT_EQ(contents_.crc32, digest::crc32(0, harness::bytes_of(set_.image)));
}

TEST_F(ImageCheck, DigestsAreThoseOfFilesAlone) {
    check();
    const std::size_t width = digest_width(PackedSet::kAlgorithm);
    ASSERT_EQ(contents_.digests.size(), set_.table.entries() * width);
    for (std::size_t line = 0, entry = 0; line < set_.members.size(); ++line) {
        if (set_.members[line].zip_name.empty()) continue;
        const std::string is = contents_.digests.substr(entry++ * width, width);
        const bool is_file = set_.members[line].kind == zip::Kind::file;
        EXPECT_EQ(is, is_file ? digest::of(PackedSet::kAlgorithm, harness::bytes_of(set_.contents[line]))
                              : std::string(width, '\0'))
            << set_.members[line].path;
    }
}

// Without expected sums the image is held against itself: what its data comes to must stand in its headers.
TEST_F(ImageCheck, WithoutSumsTheDataSaysWhatHeadersMustHold) {
    EXPECT_THAT(check({}), IsEmpty());
    const std::uint64_t at = layout().data_offset(0) + 3;
    set_.spoil(at);
    const auto told = check({});
    ASSERT_THAT(told, SizeIs(2U));
    EXPECT_EQ(told[0].offset, layout().header_offset(0) + 14);  // the CRC-32 of a local header
    EXPECT_EQ(told[0].entry, 0U);
    EXPECT_EQ(told[1].offset, layout().directory_offset() + 16);  // and of a central one
    EXPECT_EQ(told[1].entry, std::nullopt);
}

TEST_F(ImageCheck, EveryByteOfEveryHeader) {
    for (std::size_t entry = 0; entry < set_.table.entries(); ++entry) {
        for (std::uint64_t at = 0; at < layout().header_size(entry); ++at) {
            const std::uint64_t offset = layout().header_offset(entry) + at;
            set_.spoil(offset);
            const auto told = check();
            ASSERT_THAT(told, SizeIs(1U)) << offset;
            EXPECT_EQ(told[0].offset, offset);
            EXPECT_EQ(told[0].entry, entry);
            EXPECT_THAT(told[0].what, HasSubstr("local header"));
        }
    }
}

TEST_F(ImageCheck, DataIsToldWhereItsMemberBegins) {
    for (std::size_t entry = 0; entry < set_.table.entries(); ++entry) {
        for (const std::uint64_t at : {layout().data_offset(entry), layout().data_end(entry) - 1}) {
            if (layout().data_offset(entry) == layout().data_end(entry)) continue;
            set_.spoil(at);
            const auto told = check();
            ASSERT_THAT(told, SizeIs(1U)) << at;
            EXPECT_EQ(told[0].offset, layout().data_offset(entry));
            EXPECT_EQ(told[0].entry, entry);
            EXPECT_THAT(told[0].what, HasSubstr("contents' CRC-32"));
        }
    }
}

TEST_F(ImageCheck, EveryByteOfDirectoryAndEndRecord) {
    for (std::uint64_t at = layout().directory_offset(); at < layout().image_size(); ++at) {
        set_.spoil(at);
        const auto told = check();
        ASSERT_THAT(told, SizeIs(1U)) << at;
        EXPECT_EQ(told[0].offset, at);
        EXPECT_EQ(told[0].entry, std::nullopt);
        EXPECT_THAT(told[0].what, HasSubstr("central directory"));
    }
}

TEST_F(ImageCheck, ASizeIsToldAtTheEndOfTheShorterOne) {
    const std::uint64_t size = set_.image.size();
    set_.put("part-00001.zip", set_.image + "more");
    auto told = check();
    ASSERT_THAT(told, SizeIs(1U));
    EXPECT_EQ(told[0].offset, size);
    EXPECT_EQ(told[0].what, fmt::format("the image has {} bytes, it should have {}", size + 4, size));

    for (const std::uint64_t length : {std::uint64_t{0}, std::uint64_t{40}, size - 30, size - 1}) {
        set_.put("part-00001.zip", set_.image.substr(0, length));
        told = check();
        ASSERT_THAT(told, SizeIs(1U)) << length;
        EXPECT_EQ(told[0].offset, length);
        EXPECT_EQ(told[0].entry, std::nullopt);
    }
}

TEST_F(ImageCheck, SeveralAtOnceAreAllTold) {
    const std::uint64_t header = layout().header_offset(1) + 2, data = layout().data_offset(4) + 100;
    set_.image[header] ^= 1;
    set_.image[data] ^= 1;
    set_.spoil(layout().image_size() - 1);
    const auto told = check();
    ASSERT_THAT(told, SizeIs(3U));
    EXPECT_EQ(told[0].offset, header);
    EXPECT_EQ(told[1].offset, layout().data_offset(4));
    EXPECT_EQ(told[2].offset, layout().image_size() - 1);
}

TEST_F(ImageCheck, AnImageThatIsNotThereIsAnError) {
    set_.remove("part-00001.zip");
    const auto contents = check_image(
        set_.store, "part-00001.zip", set_.table, set_.crcs, PackedSet::kAlgorithm,
        [](std::uint64_t, std::optional<std::size_t>, const std::string&) { ADD_FAILURE(); }, {}, {});
    ASSERT_FALSE(contents.has_value());
    EXPECT_EQ(contents.error().code, Code::not_found);
}

TEST_F(ImageCheck, StopsWhereItIsAskedTo) {
    std::stop_source stop;
    stop.request_stop();
    const auto contents = check_image(
        set_.store, "part-00001.zip", set_.table, set_.crcs, PackedSet::kAlgorithm,
        [](std::uint64_t, std::optional<std::size_t>, const std::string&) {}, {}, stop.get_token());
    ASSERT_FALSE(contents.has_value());
    EXPECT_EQ(contents.error().code, Code::interrupted);
}

// The buffer is 8 MiB: members, headers and directory lie across its ends.
TEST(ImageCheckTest, StretchesOfAnyLengthComeToTheSame) {
    PackedSet set;
    set.add_file("large", std::string((17U << 20U) + 3, 'l'));
    for (int n = 0; n < 100; ++n) set.add_file("small " + std::to_string(n), std::string(200'000, 's'));
    set.publish();
    std::vector<std::uint64_t> offsets;
    const auto look = [&] {
        offsets.clear();
        const auto contents =
            check_image(set.store, "part-00001.zip", set.table, set.crcs, PackedSet::kAlgorithm,
                        [&](std::uint64_t offset, std::optional<std::size_t>, const std::string&) {
                            offsets.push_back(offset);
                        },
                        {}, {});
        ASSERT_TRUE(contents.has_value());
        EXPECT_EQ(contents->crcs.size(), 101U);
    };
    look();
    EXPECT_THAT(offsets, IsEmpty());
    const zip::Layout& layout = set.table.layout();
    for (const std::uint64_t at : {layout.header_offset(50) + 1, layout.directory_offset() + 70}) {
        set.spoil(at);
        look();
        EXPECT_THAT(offsets, testing::ElementsAre(at));
    }
}

}  // namespace
}  // namespace haul::set
