#include "flow/unpack/shares.h"

#include <gtest/gtest.h>

#include "engine/memory.h"
#include "store/memory/memory_store.h"

namespace haul::unpack {
namespace {

constexpr std::uint64_t kMiB = 1ULL << 20U;

store::Capabilities folder() {
    store::Capabilities can;
    can.keeps_modes = true;
    return can;
}
store::Capabilities bucket() {
    store::Capabilities can;
    can.durable_pieces = true;
    can.min_piece = 5 * kMiB;
    can.max_pieces = 10'000;
    return can;
}
Archives archives(bool set) {
    Archives archives;
    archives.store = std::make_unique<store::memory::MemoryStore>();
    if (set) archives.set.emplace();
    return archives;
}

TEST(Shares, FitTheirMemory) {
    struct Row {
        std::uint64_t memory;
        unsigned jobs;
        bool set;
        unsigned batches;
        std::uint64_t batch, small;  // MiB
    };
    for (const Row& row : {
             Row{64, 2, true, 1, 13, 8},
             Row{64, 2, false, 1, 8, 8},
             Row{128, 2, true, 2, 18, 9},
             Row{512, 2, true, 2, 64, 32},
             Row{512, 2, false, 2, 45, 22},
             Row{512, 8, false, 2, 11, 8},
             Row{4096, 2, false, 2, 64, 32},
         }) {
        Request request;
        request.memory = row.memory * kMiB;
        request.jobs = row.jobs;
        const Shares shares = shares_of(request, archives(row.set), bucket());
        EXPECT_EQ(shares.batches, row.batches) << row.memory;
        EXPECT_EQ(shares.batch / kMiB, row.batch) << row.memory;
        EXPECT_EQ(shares.small / kMiB, row.small) << row.memory;
        EXPECT_LE(shares.memory, engine::Memory(request.memory).for_work());
        const Streaming streaming = streaming_of(shares, bucket(), bucket(), 1000 * kMiB);
        EXPECT_LE(streaming.memory, shares.memory) << row.memory;
        EXPECT_GE(streaming.piece, 5 * kMiB);
        const Shares local = shares_of(request, archives(row.set), folder());
        EXPECT_EQ(local.batches, 1U);
        EXPECT_EQ(local.small, 8 * kMiB);
    }
}

TEST(Streaming, TakesSoManyPiecesAndNoMore) {
    const Shares shares = shares_of({}, archives(true), bucket());
    for (const std::uint64_t size : {33 * kMiB, 80'000 * kMiB, 80'001 * kMiB, 5'000'000 * kMiB}) {
        const Streaming streaming = streaming_of(shares, folder(), bucket(), size);
        EXPECT_GE(streaming.piece, 5 * kMiB);
        EXPECT_LE((size + streaming.piece - 1) / streaming.piece, 10'000U) << size;
        EXPECT_GE(streaming.slots, 1U);
    }
    EXPECT_EQ(streaming_of(shares, folder(), bucket(), 33 * kMiB).slots, 8U);
    EXPECT_GT(streaming_of(shares, folder(), bucket(), 5'000'000 * kMiB).memory, shares.memory);
    EXPECT_EQ(streaming_of(shares, folder(), folder(), 5'000'000 * kMiB).memory, 8 * kMiB);
}

}  // namespace
}  // namespace haul::unpack
