#include "zip/layout.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "base/digest.h"
#include "zip/little_endian.h"
#include "zip/names.h"
#include "zip/records.h"

namespace haul::zip {
namespace {

constexpr std::int64_t ns_a_second = 1'000'000'000;

struct Given {
    std::string name;
    Kind kind;
    std::uint64_t size;
    std::int64_t mtime_ns;
    std::uint32_t mode;
    [[nodiscard]] Item item() const {
        return {.name = name, .kind = kind, .size = size, .mtime_ns = mtime_ns, .mode = mode};
    }
};

// Sizes and times around every value that changes a record's length.
rc::Gen<Given> some_member() {
    const auto size =
        rc::gen::oneOf(rc::gen::inRange<std::uint64_t>(0, 5000),
                       rc::gen::element<std::uint64_t>(0xffff'fffe, 0xffff'ffff, 0x1'0000'0000, 3U << 30U));
    const auto mtime = rc::gen::map(
        rc::gen::oneOf(
            rc::gen::arbitrary<std::int64_t>(),
            rc::gen::element<std::int64_t>(0x7fff'ffff, 0x8000'0000, -0x8000'0000LL, -0x8000'0001LL)),
        [](std::int64_t seconds) { return seconds % 9'000'000'000 * ns_a_second; });
    return rc::gen::apply(
        [](const std::string& path, int kind, std::uint64_t bytes, std::int64_t mtime_ns,
           std::uint32_t mode) {
            const auto member_kind = static_cast<Kind>(kind);
            const bool folder = member_kind == Kind::folder;
            return Given{archive_name(path, folder), member_kind, folder ? 0 : bytes, mtime_ns,
                         mode & 07777U};
        },
        rc::gen::arbitrary<std::string>(), rc::gen::inRange(0, 3), size, mtime,
        rc::gen::arbitrary<std::uint32_t>());
}

Layout layout_of(const std::vector<Given>& members) {
    Layout layout;
    for (const Given& member : members) layout.add(member.item());
    return layout;
}

std::string tail_bytes(const Layout& layout, const std::vector<std::uint32_t>& crcs) {
    std::string bytes(layout.image_size() - layout.directory_offset(), '\0');
    Tail(layout, crcs).fill(std::as_writable_bytes(std::span(bytes)));
    return bytes;
}

TEST(Layout, SizesArePredictedExactly) {
    EXPECT_TRUE(rc::check("an outline foretells what the layout comes to, and its hash is the layout's", [] {
        Layout layout;
        Outline outline;
        LayoutHasher hasher;
        for (const Given& member : *rc::gen::container<std::vector<Given>>(some_member())) {
            const std::uint64_t image = outline.image_size_with(member.item());
            const std::uint64_t directory = outline.directory_size_with(member.item());
            layout.add(member.item());
            outline.add(member.item());
            hasher.add(member.item());
            RC_ASSERT(layout.image_size() == image);
            RC_ASSERT(layout.directory_size() == directory);
            RC_ASSERT(outline.image_size() == image);
            RC_ASSERT(outline.directory_size() == directory);
            RC_ASSERT(outline.count() == layout.count());
        }
        RC_ASSERT(hasher.finish() == layout.hash());
    }));
}

TEST(Layout, MembersLieEndToEnd) {
    EXPECT_TRUE(rc::check("header, data, header, data, directory", [] {
        const auto members = *rc::gen::container<std::vector<Given>>(some_member());
        const Layout layout = layout_of(members);
        std::uint64_t at = 0;
        for (std::size_t i = 0; i < members.size(); ++i) {
            RC_ASSERT(layout.header_offset(i) == at);
            RC_ASSERT(layout.data_offset(i) == at + layout.header_size(i));
            RC_ASSERT(layout.data_end(i) == layout.data_offset(i) + members[i].size);
            RC_ASSERT(layout.item(i).name == members[i].name);
            std::vector<std::byte> header(layout.header_size(i));
            layout.write_header(i, 7, header);
            RC_ASSERT(local_fixed + get16(header, 26) + get16(header, 28) == header.size());
            at = layout.data_end(i);
            RC_ASSERT(layout.member_at(layout.header_offset(i)) == i);
            RC_ASSERT(layout.member_at(layout.data_offset(i) - 1) == i);
            RC_ASSERT(layout.member_at(at - 1) == i);
        }
        RC_ASSERT(layout.directory_offset() == at);
        RC_ASSERT(layout.member_at(at) == members.size());
        RC_ASSERT(layout.member_at(std::numeric_limits<std::uint64_t>::max()) == members.size());
    }));
}

TEST(Layout, TailIsAsLongAsSaidAndMayBeTakenInPieces) {
    EXPECT_TRUE(rc::check("any pieces, and any pieces after a skip, are the same bytes", [] {
        const auto members = *rc::gen::container<std::vector<Given>>(some_member());
        const Layout layout = layout_of(members);
        std::vector<std::uint32_t> crcs(members.size());
        for (std::uint32_t& crc : crcs) crc = *rc::gen::arbitrary<std::uint32_t>();
        const std::string whole = tail_bytes(layout, crcs);
        RC_ASSERT(whole.ends_with(std::string(2, '\0')));  // no comment: the end record ends the image
        RC_ASSERT(whole.substr(whole.size() - end_fixed, 4) == "PK\x05\x06");
        Tail tail(layout, crcs);
        std::size_t at = 0;
        while (at < whole.size()) {
            const auto now = *rc::gen::inRange<std::size_t>(1, whole.size() - at + 1);
            if (*rc::gen::arbitrary<bool>()) {
                tail.skip_to(at + now);
            } else {
                std::string piece(now, '\0');
                tail.fill(std::as_writable_bytes(std::span(piece)));
                RC_ASSERT(piece == whole.substr(at, now));
            }
            at += now;
        }
    }));
}

TEST(Layout, TailOfManyMembersSpansChunks) {
    Layout layout;
    std::vector<std::uint32_t> crcs;
    for (std::uint32_t i = 0; i < 70'000; ++i) {
        const std::string name = "folder/" + std::to_string(i);
        layout.add({.name = name});
        crcs.push_back(i);
    }
    const std::string whole = tail_bytes(layout, crcs);
    const auto bytes = std::as_bytes(std::span(whole));
    const std::size_t end = whole.size() - end_fixed;
    EXPECT_EQ(get16(bytes, end + 10), 0xffff);
    EXPECT_EQ(get32(bytes, end - locator_fixed), locator_signature);
    EXPECT_EQ(get64(bytes, end - locator_fixed - end64_fixed + 32), 70'000U);
    for (std::size_t from = 1; from < whole.size(); from = from * 3 + 1) {
        Tail tail(layout, crcs);
        tail.skip_to(from);
        std::string rest(whole.size() - from, '\0');
        tail.fill(std::as_writable_bytes(std::span(rest)));
        EXPECT_TRUE(rest == std::string_view(whole).substr(from)) << from;
    }
}

TEST(Layout, Zip64OnlyWhereItIsNeeded) {
    struct Case {
        const char* what;
        std::uint64_t first, second;
        bool local64_second, central64_second, end64;
    };
    const Case cases[] = {
        {"small", 5, 5, false, false, false},
        {"one byte below", 5, 0xffff'fffe, false, false, true},  // the directory lies beyond 4 GiB
        {"size saturates", 5, 0xffff'ffff, true, true, true},
        {"offset just below", 0xffff'fffe - 40, 5, false, false, true},
        {"offset saturates", 0xffff'ffff - 40, 5, false, true, true},
    };
    for (const Case& row : cases) {
        SCOPED_TRACE(row.what);
        Layout layout;
        layout.add({.name = "a", .size = row.first});  // its header has 40 bytes
        ASSERT_EQ(layout.header_size(0), 40U);
        layout.add({.name = "b", .size = row.second});
        EXPECT_EQ(layout.header_size(1), row.local64_second ? 60U : 40U);
        std::vector<std::byte> header(layout.header_size(1));
        layout.write_header(1, 0, header);
        EXPECT_EQ(get16(header, 4), row.local64_second ? 45 : 10);
        EXPECT_EQ(get32(header, 18), std::min<std::uint64_t>(row.second, 0xffff'ffff));
        const std::uint64_t second_central =
            central_header_size(layout.item(1), {.header_offset = layout.header_offset(1)});
        EXPECT_EQ(second_central > 46 + 1 + 9, row.central64_second);
        EXPECT_EQ(layout.image_size() - layout.directory_offset() - layout.directory_size(),
                  row.end64 ? 98U : 22U);
    }
}

// Info-ZIP's unzip 6 would misread an offset alone there.
TEST(Layout, AllValuesAreWideBehindAMemberOf4GiBLessOne) {
    Layout layout;
    layout.add({.name = "a", .size = 0xffff'ffff});
    layout.add({.name = "b", .size = 5});
    const std::string tail = tail_bytes(layout, {1, 2});
    const auto second = std::as_bytes(std::span(tail)).subspan(46 + 1 + 20 + 9);
    ASSERT_EQ(get32(second, 0), central_signature);
    EXPECT_EQ(get32(second, 20), 0xffff'ffff);
    EXPECT_EQ(get32(second, 24), 0xffff'ffff);
    EXPECT_EQ(get32(second, 42), 0xffff'ffff);
    EXPECT_EQ(get16(second, 47), 0x0001);
    EXPECT_EQ(get16(second, 49), 24);
    EXPECT_EQ(get64(second, 51), 5U);
    EXPECT_EQ(get64(second, 59), 5U);
    EXPECT_EQ(get64(second, 67), layout.header_offset(1));
}

TEST(Layout, CountTurnsZip64OnAt65535) {
    Layout layout;
    for (int i = 0; i < 65'534; ++i) layout.add({.name = "x"});
    EXPECT_EQ(layout.image_size(), layout.directory_offset() + layout.directory_size() + 22);
    layout.add({.name = "x"});
    EXPECT_EQ(layout.image_size(), layout.directory_offset() + layout.directory_size() + 98);
}

TEST(Layout, HashCoversEveryFieldAndTheOrder) {
    const Given base{"name", Kind::file, 1, 2, 3};
    Given other_name = base, other_kind = base, other_size = base, other_mtime = base, other_mode = base;
    other_name.name = "namf";
    other_kind.kind = Kind::symlink;
    other_size.size = 2;
    other_mtime.mtime_ns = 3;
    other_mode.mode = 4;
    std::vector<std::string> hashes{layout_of({}).hash(), layout_of({base}).hash(),
                                    layout_of({base, base}).hash(), layout_of({base, other_name}).hash(),
                                    layout_of({other_name, base}).hash()};
    for (const Given& other : {other_name, other_kind, other_size, other_mtime, other_mode})
        hashes.push_back(layout_of({other}).hash());
    std::ranges::sort(hashes);
    EXPECT_TRUE(std::ranges::adjacent_find(hashes) == hashes.end());
    EXPECT_EQ(layout_of({base}).hash(), layout_of({base}).hash());
}

// docs/format-zip.md gives the recipe; whoever changes it changes every layout hash that is stored.
TEST(Layout, HashIsTheOneOfTheFormat) {
    const std::string recipe = std::string("haul layout 1\n") + std::string("\x00\xa4\x01\x00\x00", 5) +
                               std::string("\x05\0\0\0\0\0\0\0", 8) +
                               std::string("\xff\xff\xff\xff\xff\xff\xff\xff", 8) + std::string("\x01\0", 2) +
                               "a";
    EXPECT_EQ(layout_of({{"a", Kind::file, 5, -1, 0644}}).hash(),
              digest::text(digest::Algorithm::xxh128,
                           digest::of(digest::Algorithm::xxh128, std::as_bytes(std::span(recipe)))));
}

TEST(Layout, HashOfManyMembersIsOfAllOfThem) {
    Layout first, second;
    for (int i = 0; i < 10'000; ++i) {
        const std::string name = "some/longer/name/" + std::to_string(i);
        first.add({.name = name});
        second.add({.name = name, .size = i == 9'999 ? 1U : 0U});
    }
    EXPECT_NE(first.hash(), second.hash());
}

TEST(Layout, MemoryIsAbout40BytesAMemberAndItsName) {
    Layout layout;
    for (int i = 0; i < 1 << 16; ++i) layout.add({.name = "0123456789"});
    EXPECT_LE(layout.memory(), sizeof layout + (1U << 16U) * 40U + (1U << 16U) * 20U + 64);
}

}  // namespace
}  // namespace haul::zip
