#include "flow/unpack/room.h"

#include <gtest/gtest.h>

#include <limits>

#include "flow/unpack/work_harness.h"

namespace haul::unpack {
namespace {

constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();

TEST(DiskSize, IsWholeBlocks) {
    struct Row {
        std::uint64_t size, on_disk;
    };
    for (const Row& row : {Row{0, 0}, Row{1, 4096}, Row{4096, 4096}, Row{4097, 8192}, Row{kMost, kMost},
                           Row{kMost - 4095, kMost - 4095}})
        EXPECT_EQ(disk_size(row.size), row.on_disk) << row.size;
}

TEST(DiskSizeLeft, DependsOnWhatIsThereAndTheRule) {
    const auto there = [](store::Kind kind, std::uint64_t size) {
        store::Object object;
        object.name = "f";
        object.kind = kind;
        object.size = size;
        return object;
    };
    const auto file = [&](std::uint64_t size) { return there(store::Kind::file, size); };
    const store::Object folder = there(store::Kind::folder, 0);
    struct Row {
        IfExists rule;
        std::optional<store::Object> there;
        std::uint64_t left;
    };
    Item item;
    item.size = 10'000;
    for (const Row& row : {
             Row{IfExists::same, std::nullopt, 12'288},
             Row{IfExists::same, file(10'000), 0},
             Row{IfExists::same, file(1), 0},
             Row{IfExists::fail, file(1), 0},
             Row{IfExists::overwrite, std::nullopt, 12'288},
             Row{IfExists::overwrite, file(1), 8192},
             Row{IfExists::overwrite, file(10'000), 0},
             Row{IfExists::overwrite, file(1'000'000), 0},
             Row{IfExists::overwrite, folder, 12'288},
             Row{IfExists::newer, file(4096), 8192},
         }) {
        Request request;
        request.if_exists = row.rule;
        EXPECT_EQ(disk_size_left(request, item, row.there), row.left) << static_cast<int>(row.rule);
    }
}

class RoomTest : public harness::UnpackTest {
  protected:
    RoomTest() { request_.destination.path = "/back"; }
    // Files of 3 blocks.
    static std::vector<Item> items(std::initializer_list<const char*> names) {
        std::vector<Item> items;
        for (const char* name : names) {
            Item item;
            item.path = name;
            item.size = 10'000;
            items.push_back(std::move(item));
        }
        return items;
    }
    Result<Room> reserve(const std::vector<Item>& items) {
        return reserve_room(request_, destination_, space_, "/back",
                            [&](const Visit& visit) -> Status {
                                for (const Item& item : items) TRY(visit(item));
                                return {};
                            },
                            {});
    }
    std::uint64_t free_ = 0;
    engine::SpaceBudget space_{"/back", [this]() -> std::optional<std::uint64_t> { return free_; }};
};

TEST_F(RoomTest, PlentyIsHeldWithoutALook) {
    free_ = 1'000'000;
    const auto room = reserve(items({"a", "b", ".haul/c"}));
    ASSERT_TRUE(room);
    EXPECT_FALSE(room->tight);
    EXPECT_EQ(room->hold.bytes(), 24'576 + 24'576 / 50) << "what fails anyway needs none";
    EXPECT_EQ(counters_->stats, 0);
}

TEST_F(RoomTest, WhatIsThereNeedsNone) {
    put("a", "anything");
    free_ = 13'000;
    const auto room = reserve(items({"a", "b"}));
    ASSERT_TRUE(room) << room.error().message();
    EXPECT_TRUE(room->tight);
    EXPECT_EQ(room->hold.bytes(), 12'288 + 12'288 / 50);
}

TEST_F(RoomTest, TooLittleIsRefusedWithNumbers) {
    free_ = 13'000;
    const auto room = reserve(items({"a", "b"}));
    ASSERT_FALSE(room);
    EXPECT_EQ(room.error().code, Code::no_space);
    EXPECT_EQ(room.error().message(), "make room for /back: it needs 25.1 KB, 13.0 KB are free at /back");
    EXPECT_NE(room.error().remedy.find("--no-space-check"), std::string::npos);
    EXPECT_EQ(space_.held(), 0);
}

TEST_F(RoomTest, AReplacedFileStaysUntilTheNewOneIsWhole) {
    request_.if_exists = IfExists::overwrite;
    put("a", std::string(10'000, 'x'));
    put("b", std::string(10'000, 'x'));
    for (const bool enough : {false, true}) {
        free_ = enough ? 13'000 : 12'000;
        EXPECT_EQ(reserve(items({"a", "b"})).has_value(), enough);
    }
}

TEST_F(RoomTest, SizesOfLiarsDoNotWrapAround) {
    free_ = 1'000'000;
    std::vector<Item> liars = items({"a", "b"});
    liars[0].size = liars[1].size = kMost / 2 + 5000;
    EXPECT_FALSE(reserve(liars));
}

TEST_F(RoomTest, TheWholeIsCheckedFromItsSumFirst) {
    add_archive("a.zip", harness::zip_of({{"f", std::string(10'000, 'f')}, {"g", "g"}}));
    Counted wanted;
    wanted.files = 2;
    wanted.bytes = 10'001;
    free_ = 1'000'000;
    EXPECT_TRUE(check_room(scope(), wanted, destination_, space_));
    free_ = 17'000;  // blocks: 16,384 and 2% more
    EXPECT_TRUE(check_room(scope(), wanted, destination_, space_));
    free_ = 16'500;
    EXPECT_FALSE(check_room(scope(), wanted, destination_, space_));
    put("g", "g");
    EXPECT_TRUE(check_room(scope(), wanted, destination_, space_));
    EXPECT_EQ(space_.held(), 0);
}

}  // namespace
}  // namespace haul::unpack
