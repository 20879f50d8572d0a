#include "engine/memory.h"

#include <gtest/gtest.h>

#include <string>

namespace haul::engine {
namespace {

constexpr std::uint64_t MiB = 1ULL << 20U;

TEST(MemoryTest, LeavesForWorkWhatTheProgramDoesNotTake) {
    struct Row {
        std::uint64_t promise, beside, left;
    };
    for (const Row& row : {Row{128 * MiB, 0, 100 * MiB}, Row{128 * MiB, 10 * MiB, 90 * MiB},
                           Row{128 * MiB, 60 * MiB, 75 * MiB}, Row{MiB, 60 * MiB, 0}}) {
        EXPECT_EQ(Memory(row.promise, row.beside).for_work(), row.left) << row.promise << " " << row.beside;
    }
}

TEST(MemoryTest, RefusesWhatWouldNotFitAloneAndNamesTheLeastThatWould) {
    for (const std::uint64_t beside : {0 * MiB, 5 * MiB, 400 * MiB}) {
        for (const std::uint64_t need : {101 * MiB, 300 * MiB, 5'000 * MiB + 17}) {
            Memory memory(128 * MiB, beside);
            const auto refused = memory.reserve(need, "part-00007.zip", {});
            ASSERT_FALSE(refused.has_value());
            EXPECT_EQ(refused.error().code, Code::usage);
            EXPECT_EQ(refused.error().subject, "part-00007.zip");
            const std::string& remedy = refused.error().remedy;
            const std::uint64_t named = std::stoull(remedy.substr(remedy.rfind(' ') + 1));
            EXPECT_TRUE(Memory(named * MiB, beside).reserve(need, "it", {}).has_value()) << remedy;
            EXPECT_FALSE(Memory((named - 2) * MiB, beside).reserve(need, "it", {}).has_value()) << remedy;
        }
    }
}

TEST(MemoryTest, WhatIsAlwaysInUseIsLeftToNoWork) {
    Memory memory(128 * MiB, 20 * MiB, 16 * MiB);
    EXPECT_EQ(memory.for_work(), 64 * MiB);
    const auto refused = memory.reserve(200 * MiB, "it", {});
    ASSERT_FALSE(refused.has_value());
    EXPECT_TRUE(refused.error().remedy.ends_with("--memory 265MiB")) << refused.error().remedy;
}

TEST(MemoryTest, WhatIsReservedComesBack) {
    Memory memory(128 * MiB);
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(memory.reserve(100 * MiB, "it", {}).has_value());
}

}  // namespace
}  // namespace haul::engine
