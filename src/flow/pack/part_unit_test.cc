#include "flow/pack/part_unit.h"

#include <gtest/gtest.h>

#include <string>

#include "engine/memory.h"
#include "flow/pack/cutter.h"

namespace haul::pack {
namespace {

// Nobody who gave no --memory may be told to give one.
TEST(PartUnitTest, WhateverTheCutterMakesFitsTheDefaultMemory) {
    constexpr std::uint64_t tiles = 35ULL << 20U;  // five of 4 MiB, and a read for every 32 bytes
    const std::uint64_t allowed = engine::Memory(Request{}.memory, kOpenList).for_work();
    for (const char* digest : {"none", "xxh128", "md5", "sha256"}) {
        for (const std::uint64_t members : {std::uint64_t{1}, kMostLines / 2, kMostLines}) {
            PartUnit unit;
            unit.members = members;
            unit.folders = kMostLines - members;
            unit.text = kMostText;
            EXPECT_LE(memory_to_fill(unit, digest) + tiles, allowed) << digest << " " << members;
        }
    }
}

TEST(PartUnitTest, ComesBackFromItsPayload) {
    const PartUnit unit{7, 2, 100, 20, 3'000, 9'000, true, 4'321};
    const auto back = parse_part_unit(to_payload(unit));
    ASSERT_TRUE(back.has_value());
    EXPECT_EQ(to_payload(*back), to_payload(unit));
    EXPECT_EQ(back->text, 4'321U);
}

}  // namespace
}  // namespace haul::pack
