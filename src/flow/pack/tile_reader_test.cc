// Tiles come in order however many are read at a time, and a member in several of them is of one version.
#include "flow/pack/tile_reader.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "flow/pack/part_harness.h"

namespace haul::pack {
namespace {

constexpr std::uint64_t kTile = 1000;

class TileReaderTest : public testing::Test {
  protected:
    void add(const std::string& path, const std::string& text, bool with_version = true) {
        ASSERT_TRUE(store::replace_object(source_, path, text));
        format::Member member;
        member.path = member.zip_name = path;
        member.size = text.size();
        if (with_version) member.version = (*store::find_object(source_, path))->version.tag;
        table_.add(member);
    }
    [[nodiscard]] ReadPlan plan(unsigned threads) const {
        ReadPlan plan;
        plan.tile_size = kTile;
        plan.threads = threads;
        return plan;
    }
    [[nodiscard]] std::string held(std::size_t tile) const {
        return fmt::format("read a@{}", tile == 0 ? 0 : tile * kTile - table_.layout().data_offset(0));
    }

    harness::WatchedStore source_{std::make_unique<store::memory::MemoryStore>()};
    format::MemberTable table_;
};

TEST_F(TileReaderTest, HandsOutInOrderWhatComesInAnyOrder) {
    add("a", std::string(3900, 'a'));
    BufferPool pool(4, kTile);
    source_.reads.hold_all();
    TileReader reader(source_, table_, pool, plan(4), {});
    ASSERT_TRUE(source_.reads.await(4U));
    for (const std::size_t tile : {3U, 1U, 2U, 0U}) source_.reads.let_go(held(tile));
    for (std::size_t index = 0; index < 4; ++index) {
        const auto tile = reader.next();
        ASSERT_TRUE(tile.has_value());
        ASSERT_TRUE(tile->has_value());
        EXPECT_EQ((*tile)->index, index);
        EXPECT_TRUE((*tile)->failed.empty());
    }
}

// A buffer that a later tile took would be missing to the earlier one for good.
TEST_F(TileReaderTest, MoreThreadsThanBuffersComeToTheEnd) {
    add("a", std::string(40'000, 'a'));
    BufferPool pool(2, kTile);
    TileReader reader(source_, table_, pool, plan(6), {});
    std::size_t count = 0;
    while (true) {
        const auto tile = reader.next();
        ASSERT_TRUE(tile.has_value());
        if (!*tile) break;
        EXPECT_EQ((*tile)->index, count++);
    }
    EXPECT_EQ(count, (table_.layout().image_size() + kTile - 1) / kTile);
}

// No version was listed, so that no read is refused: what was seen has to be compared.
TEST_F(TileReaderTest, AMemberIsNeverMixedFromTwoVersions) {
    add("a", std::string(3900, 'a'), false);
    BufferPool pool(4, kTile);
    source_.reads.hold_all();
    TileReader reader(source_, table_, pool, plan(4), {});
    ASSERT_TRUE(source_.reads.await(4U));
    source_.reads.let_go(held(0));
    source_.reads.let_go(held(1));
    for (int index = 0; index < 2; ++index) {
        const auto tile = reader.next();
        ASSERT_TRUE(tile.has_value() && tile->has_value());
        EXPECT_TRUE((*tile)->failed.empty());
    }
    ASSERT_TRUE(store::replace_object(source_, "a", std::string(3900, 'b')));
    source_.reads.open();
    const auto tile = reader.next();
    ASSERT_TRUE(tile.has_value() && tile->has_value());
    ASSERT_EQ((*tile)->failed.size(), 1U);
    EXPECT_EQ((*tile)->failed.front().error.code, Code::changed);
}

// The versions that an earlier run saw count as well.
TEST_F(TileReaderTest, AMemberIsHeldAgainstWhatAnEarlierRunSaw) {
    add("a", std::string(3900, 'a'), false);
    BufferPool pool(4, kTile);
    ReadPlan resumed = plan(2);
    resumed.first_tile = 2;
    resumed.sent = {true, true};
    resumed.versions = {{0, "another"}};
    TileReader reader(source_, table_, pool, resumed, {});
    const auto tile = reader.next();
    ASSERT_TRUE(tile.has_value() && tile->has_value());
    EXPECT_EQ((*tile)->failed.size(), 1U);
}

TEST_F(TileReaderTest, AStopEndsTheWait) {
    add("a", std::string(3900, 'a'));
    BufferPool pool(2, kTile);
    source_.reads.hold_all();
    std::stop_source stop, drain;
    TileReader reader(source_, table_, pool, plan(4), stop.get_token());
    ASSERT_TRUE(source_.reads.await(2U));
    drain.request_stop();
    const auto drained = reader.next(drain.get_token());
    ASSERT_FALSE(drained.has_value());
    EXPECT_EQ(drained.error().code, Code::interrupted);
    stop.request_stop();
    EXPECT_FALSE(reader.next().has_value());
}

}  // namespace
}  // namespace haul::pack
