// Tiles sealed from any cut of any members make the same image as writing it front to back.
#include "flow/pack/sealer.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cstring>
#include <set>
#include <string>
#include <vector>

#include "base/digest.h"
#include "flow/pack/tile.h"

namespace haul::pack {
namespace {

struct File {
    std::string path;
    std::string contents;  // of a symlink: its target
    bool symlink = false;
};

format::MemberTable table_of(const std::vector<File>& files) {
    format::MemberTable table;
    for (const File& file : files) {
        format::Member member;
        member.path = file.path;
        member.zip_name = file.path;
        member.size = file.contents.size();
        if (file.symlink) {
            member.kind = zip::Kind::symlink;
            member.target = file.contents;
        }
        member.mtime_ns = 1'700'000'000'000'000'000;
        table.add(member);
    }
    return table;
}

// The image, written without tiles.
std::string image_of(const std::vector<File>& files, const format::MemberTable& table) {
    const zip::Layout& layout = table.layout();
    std::string image(layout.image_size(), '\0');
    const auto bytes = std::as_writable_bytes(std::span(image));
    std::vector<std::uint32_t> crcs;
    for (std::size_t entry = 0; entry < files.size(); ++entry) {
        crcs.push_back(digest::crc32(0, std::as_bytes(std::span(files[entry].contents))));
        layout.write_header(entry, crcs[entry],
                            bytes.subspan(layout.header_offset(entry), layout.header_size(entry)));
        std::memcpy(image.data() + layout.data_offset(entry), files[entry].contents.data(),
                    files[entry].contents.size());
    }
    zip::Tail(layout, crcs).fill(bytes.subspan(layout.directory_offset()));
    return image;
}

Tile read_tile(const std::vector<File>& files, const format::MemberTable& table, BufferPool& pool,
               std::uint64_t tile_size, std::size_t index) {
    Tile tile;
    tile.index = index;
    tile.begin = index * tile_size;
    tile.end = std::min(tile.begin + tile_size, table.layout().image_size());
    tile.buffer = Buffer(pool, pool.take({}));
    std::ranges::fill(tile.bytes(), std::byte{0xee});  // of what lay there before nothing may stay
    plan_reads(table, 0, tile);
    for (const TileRead& read : tile.reads) {
        const std::uint64_t data = table.layout().data_offset(read.entry);
        const std::uint64_t offset = read.into.empty() ? 0 : std::max(tile.begin, data) - data;
        files[read.entry].contents.copy(reinterpret_cast<char*>(read.into.data()), read.into.size(), offset);
    }
    return tile;
}

std::string sealed_image(const std::vector<File>& files, const format::MemberTable& table,
                         std::uint64_t tile_size) {
    const std::uint64_t size = table.layout().image_size();
    const std::size_t tiles = (size + tile_size - 1) / tile_size;
    BufferPool pool(tiles + 1, tile_size);
    Sealer sealer(table, digest::Algorithm::xxh128, {});
    std::string image(size, '\0');
    for (std::size_t index = 0; index < tiles; ++index) {
        std::vector<Tile> ready;
        RC_ASSERT(sealer.take(read_tile(files, table, pool, tile_size, index), ready).empty());
        for (const Tile& tile : ready)
            std::memcpy(image.data() + tile.begin, tile.bytes().data(), tile.bytes().size());
    }
    RC_ASSERT(!sealer.waiting());
    RC_ASSERT(sealer.finished() == files.size());
    return image;
}

std::vector<File> random_files() {
    std::vector<File> files;
    const int count = *rc::gen::inRange(0, 12);
    for (int i = 0; i < count; ++i) {
        const std::size_t size = *rc::gen::element<std::size_t>(0, 1, 7, 60, 300, 2000);
        const bool symlink = size > 0 && *rc::gen::inRange(0, 3) == 0;
        files.push_back(
            {"folder/file-" + std::to_string(i), std::string(size, static_cast<char>('a' + i)), symlink});
    }
    return files;
}

TEST(SealerTest, AnyTilingGivesTheSameImage) {
    EXPECT_TRUE(rc::check("sealed tiles make the image", [] {
        const std::vector<File> files = random_files();
        const format::MemberTable table = table_of(files);
        const std::uint64_t tile_size = *rc::gen::inRange<std::uint64_t>(16, 900);
        RC_ASSERT(sealed_image(files, table, tile_size) == image_of(files, table));
    }));
}

// As after a kill: what was finished is known, what was not sent is read again.
TEST(SealerTest, AnotherGoesOnAnywhere) {
    EXPECT_TRUE(rc::check("the rest of the tiles is the same", [] {
        const std::vector<File> files = random_files();
        const format::MemberTable table = table_of(files);
        const std::string whole = image_of(files, table);
        const auto tile_size = *rc::gen::inRange<std::uint64_t>(16, 900);
        const std::size_t tiles = (whole.size() + tile_size - 1) / tile_size;
        const auto stop = *rc::gen::inRange<std::size_t>(0, tiles + 1);
        BufferPool pool(2 * tiles + 2, tile_size);
        Sealer first(table, digest::Algorithm::xxh128, {});
        std::vector<Tile> ready;
        for (std::size_t index = 0; index < stop; ++index)
            RC_ASSERT(first.take(read_tile(files, table, pool, tile_size, index), ready).empty());
        FinishedMembers known = first.members();
        known.crcs.resize(first.finished());
        known.digests.resize(first.finished() * 16);
        Sealer second(table, digest::Algorithm::xxh128, {known, {}, tile_size});
        // Even where nothing of the last tiles was sent.
        const auto back = *rc::gen::inRange<std::size_t>(0, stop + 1);
        const std::uint64_t open =
            first.finished() < files.size() ? table.layout().header_offset(first.finished()) : whole.size();
        ready.clear();
        const std::size_t begin = std::min<std::size_t>(stop - back, open / tile_size);
        for (std::size_t index = begin; index < tiles; ++index)
            RC_ASSERT(second.take(read_tile(files, table, pool, tile_size, index), ready).empty());
        RC_ASSERT(ready.size() == tiles - begin);
        for (const Tile& tile : ready)
            RC_ASSERT(whole.compare(tile.begin, tile.end - tile.begin, store::text_of(tile.bytes())) == 0);
    }));
}

// A member over tiles 0 to 4 that an earlier run finished, with `sent` of its tiles arrived; read again with
// one byte of tile `other` changed. The entries that are found to be changed.
std::vector<std::size_t> read_again(const std::set<std::size_t>& sent, std::size_t other) {
    constexpr std::uint64_t size = 100;
    std::vector<File> files = {{"a", std::string(10, 'a')}, {"b", std::string(390, 'b')}, {"c", "c"}};
    const format::MemberTable table = table_of(files);
    BufferPool pool(32, size);
    Sealer first(table, digest::Algorithm::none, {});
    std::vector<Tile> ready;
    for (std::size_t index = 0; index < 5; ++index)
        EXPECT_TRUE(first.take(read_tile(files, table, pool, size, index), ready).empty());
    Known known{first.members(), {}, size};
    known.finished.crcs.resize(first.finished());
    EXPECT_GE(first.finished(), 2U);
    for (const Tile& tile : ready)
        if (sent.contains(tile.index)) known.sent[tile.index] = digest::crc32(0, tile.bytes());
    files[1].contents[std::max<std::uint64_t>(other * size + 50, table.layout().data_offset(1)) -
                      table.layout().data_offset(1)] = 'x';
    Sealer second(table, digest::Algorithm::none, std::move(known));
    std::vector<std::size_t> changed;
    for (std::size_t index = 0; index < 5 && changed.empty(); ++index) {
        if (sent.contains(index)) continue;
        for (const Removed& one : second.take(read_tile(files, table, pool, size, index), ready))
            changed.push_back(one.entry);
    }
    return changed;
}

TEST(SealerTest, AFinishedMemberOfSeveralTilesMustBeTheSameWhenItIsReadAgain) {
    const std::vector<std::size_t> b = {1};
    EXPECT_EQ(read_again({}, 0), b);
    EXPECT_EQ(read_again({}, 3), b);
    EXPECT_EQ(read_again({1, 2}, 3), b) << "what lies between arrived, and is known by its tiles";
    EXPECT_EQ(read_again({1, 3}, 4), b);
    EXPECT_EQ(read_again({1, 2}, 2), std::vector<std::size_t>()) << "nothing that is needed changed";
    EXPECT_EQ(read_again({0}, 3), std::vector<std::size_t>()) << "the first tile holds others' bytes too";
}

TEST(SealerTest, ATileWaitsForTheMemberThatReachesBeyondIt) {
    const std::vector<File> files = {{"a", std::string(10, 'a')}, {"b", std::string(500, 'b')}, {"c", "c"}};
    const format::MemberTable table = table_of(files);
    BufferPool pool(16, 100);
    Sealer sealer(table, digest::Algorithm::none, {});
    std::vector<Tile> ready;
    ASSERT_TRUE(sealer.take(read_tile(files, table, pool, 100, 0), ready).empty());
    EXPECT_TRUE(ready.empty());
    EXPECT_TRUE(sealer.waiting());
    ASSERT_TRUE(sealer.take(read_tile(files, table, pool, 100, 1), ready).empty());
    ASSERT_EQ(ready.size(), 1U);  // nothing but data of b: no reason to wait
    EXPECT_EQ(ready[0].index, 1U);
}

TEST(SealerTest, ReadsThatFailNameTheirMembers) {
    const std::vector<File> files = {{"a", "aa"}, {"b", "bb"}, {"c", "cc"}};
    const format::MemberTable table = table_of(files);
    BufferPool pool(2, 4096);
    Tile tile = read_tile(files, table, pool, 4096, 0);
    tile.failed = {{1, make_error(Code::changed, "read", "b", "it changed")},
                   {2, make_error(Code::denied, "read", "c", "permission denied")}};
    const Sealer sealer(table, digest::Algorithm::none, {});
    const auto removed = sealer.check_reads(tile);
    ASSERT_TRUE(removed.has_value());
    ASSERT_EQ(removed->size(), 2U);
    EXPECT_EQ((*removed)[0].note.what, format::ListNote::What::late);
    EXPECT_EQ((*removed)[0].note.item.path, "b");
    EXPECT_EQ((*removed)[1].note.what, format::ListNote::What::failed);
    tile.failed = {{0, make_error(Code::unavailable, "read", "a", "no answer")}};
    EXPECT_FALSE(sealer.check_reads(tile).has_value());
}

TEST(SealerTest, GoesOnAfterAMemberLeft) {
    const std::vector<File> before = {
        {"a", std::string(150, 'a')}, {"b", std::string(90, 'b')}, {"c", std::string(70, 'c')}};
    const std::vector<File> after = {before[0], before[2]};
    const format::MemberTable old_table = table_of(before);
    const format::MemberTable new_table = table_of(after);
    BufferPool pool(16, 64);
    Sealer sealer(old_table, digest::Algorithm::xxh128, {});
    std::string image(new_table.layout().image_size(), '\0');
    std::vector<Tile> ready;
    const std::size_t changed_at = old_table.layout().header_offset(1) / 64;
    for (std::size_t index = 0; index < changed_at; ++index) {
        ASSERT_TRUE(sealer.take(read_tile(before, old_table, pool, 64, index), ready).empty());
    }
    sealer.rewind(new_table, 1, changed_at);
    for (std::size_t index = changed_at; index * 64 < image.size(); ++index) {
        ASSERT_TRUE(sealer.take(read_tile(after, new_table, pool, 64, index), ready).empty());
    }
    for (const Tile& tile : ready)
        std::memcpy(image.data() + tile.begin, tile.bytes().data(), tile.bytes().size());
    EXPECT_EQ(image, image_of(after, new_table));
}

}  // namespace
}  // namespace haul::pack
