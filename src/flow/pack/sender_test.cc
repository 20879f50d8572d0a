// Pieces under way: several at a time, none after its replacement, errors in the order of the image.
#include "flow/pack/sender.h"

#include <gtest/gtest.h>

#include <future>
#include <string>
#include <vector>

#include "flow/pack/part_harness.h"

namespace haul::pack {
namespace {

constexpr std::size_t kSize = 100;

class SenderTest : public testing::Test {
  protected:
    SenderTest() {
        store::UploadRequest request;
        request.name = "part";
        upload_ = store_.open_upload(request).value();
    }
    [[nodiscard]] std::vector<Tile> tiles(std::initializer_list<std::size_t> indexes) {
        std::vector<Tile> tiles;
        for (const std::size_t index : indexes) {
            Tile tile;
            tile.index = index;
            tile.begin = index * kSize;
            tile.end = tile.begin + kSize;
            tile.buffer = Buffer(pool_, pool_.take({}));
            tiles.push_back(std::move(tile));
        }
        return tiles;
    }
    static Status always() { return {}; }
    harness::Turnstile& puts() { return store_.plan.puts; }

    harness::WatchedStore store_{std::make_unique<store::memory::MemoryStore>()};
    std::unique_ptr<store::Upload> upload_;
    BufferPool pool_{8, kSize};
};

TEST_F(SenderTest, SendsSeveralAtATimeAndCountsWhatArrived) {
    puts().hold_all();
    Sender sender(*upload_, 3, always, {});
    sender.submit(tiles({0, 1, 2, 3}));
    ASSERT_TRUE(puts().await(3U));
    std::vector<SentPiece> sent;
    ASSERT_TRUE(sender.collect(sent));
    EXPECT_TRUE(sent.empty());
    puts().let_go("put 2");
    sender.wait({});
    ASSERT_TRUE(sender.collect(sent));
    ASSERT_EQ(sent.size(), 1U);
    EXPECT_EQ(sent.front().index, 1U);
    puts().open();
    while (!sender.idle()) sender.wait({});
    ASSERT_TRUE(sender.collect(sent));
    EXPECT_EQ(sent.size(), 4U);
}

TEST_F(SenderTest, WithoutThreadsItSendsBeforeItReturns) {
    Sender sender(*upload_, 0, always, {});
    sender.submit(tiles({0, 1}));
    EXPECT_TRUE(sender.idle());
    EXPECT_EQ(puts().most_at_once(), 1U);
    std::vector<SentPiece> sent;
    ASSERT_TRUE(sender.collect(sent));
    EXPECT_EQ(sent.size(), 2U);
}

TEST_F(SenderTest, DiscardingWaitsForWhatIsUnderWay) {
    puts().hold([](const std::string& call) { return call == "put 3"; });
    BufferPool one(1, kSize);
    Sender sender(*upload_, 1, always, {});
    sender.submit(tiles({0, 2}));
    ASSERT_TRUE(puts().await("put 3"));
    std::vector<Tile> queued = tiles({4});
    queued.front().buffer = Buffer(one, one.take({}));
    sender.submit(std::move(queued));
    // What is queued is dropped first: its buffer comes back.
    auto helper = std::async(std::launch::async, [&] {
        one.give_back(one.take({}));
        puts().open();
    });
    sender.discard_from(1);
    EXPECT_EQ(puts().times("put 3 ended"), 1U);
    helper.get();
    EXPECT_TRUE(sender.idle());
    EXPECT_EQ(puts().times("put 5"), 0U);
    std::vector<SentPiece> sent;
    ASSERT_TRUE(sender.collect(sent));
    ASSERT_EQ(sent.size(), 1U);
    EXPECT_EQ(sent.front().index, 0U);
}

TEST_F(SenderTest, AfterAFailureNothingMoreBegins) {
    store_.plan.failing = {1};
    Sender sender(*upload_, 1, always, {});
    sender.submit(tiles({0, 1, 2}));
    while (!sender.idle()) sender.wait({});
    sender.submit(tiles({3}));
    std::vector<SentPiece> sent;
    const Status failed = sender.collect(sent);
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().subject, "put 1");
    EXPECT_EQ(puts().log().size(), 2U);
}

TEST_F(SenderTest, WhoMayNotSendDoesNot) {
    Sender sender(*upload_, 2, [] { return failure(Code::fenced, "send", "it", "another is at work"); }, {});
    sender.submit(tiles({0}));
    sender.wait({});
    std::vector<SentPiece> sent;
    const Status fenced = sender.collect(sent);
    ASSERT_FALSE(fenced);
    EXPECT_EQ(fenced.error().code, Code::fenced);
    EXPECT_TRUE(puts().log().empty());
}

TEST_F(SenderTest, BuffersComeBackWhenTheirPutIsOver) {
    BufferPool one(1, kSize);
    puts().hold_all();
    Sender sender(*upload_, 1, always, {});
    std::vector<Tile> some = tiles({0});
    some.front().buffer = Buffer(one, one.take({}));
    sender.submit(std::move(some));
    ASSERT_TRUE(puts().await(1U));
    std::stop_source now;
    now.request_stop();
    EXPECT_EQ(one.take(now.get_token()), nullptr);
    puts().open();
    std::byte* const again = one.take({});
    EXPECT_NE(again, nullptr);
    one.give_back(again);
}

TEST_F(SenderTest, AStopEndsWhatIsUnderWay) {
    puts().hold_all();
    std::stop_source stop;
    Sender sender(*upload_, 2, always, stop.get_token());
    sender.submit(tiles({0, 1, 2}));
    ASSERT_TRUE(puts().await(2U));
    stop.request_stop();
    sender.settle();
    std::vector<SentPiece> sent;
    const Status stopped = sender.collect(sent);
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, Code::interrupted);
}

}  // namespace
}  // namespace haul::pack
