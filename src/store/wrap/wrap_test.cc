// What the wrappers add to the promises that they pass on.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/digest.h"
#include "store/memory/memory_store.h"
#include "store/open_store.h"
#include "store/wrap/fault.h"
#include "store/wrap/limit.h"
#include "store/wrap/retry.h"
#include "store/wrap/trace.h"

namespace haul::store::wrap {
namespace {

using std::chrono::seconds;

// A memory store beneath planned faults beneath retry, with counters between the latter two.
struct Stack {
    explicit Stack(const std::string& faults, RetryOptions options = {}) {
        plan = *FaultPlan::parse(faults);
        auto held = std::make_unique<memory::MemoryStore>();
        memory = held.get();
        auto faulty = std::make_unique<FaultStore>(std::move(held), plan);
        store =
            std::make_unique<RetryStore>(std::make_unique<TraceStore>(std::move(faulty), counters), options);
    }
    std::shared_ptr<FaultPlan> plan;
    std::shared_ptr<Counters> counters = std::make_shared<Counters>();
    memory::MemoryStore* memory = nullptr;
    std::unique_ptr<Store> store;
    clock::Fixed time{seconds(1000), seconds(1'000'000)};
};

TEST(Retry, TriesAgainOnlyTheFailedItems) {
    Stack stack("write:2x2:error,write:5:error");
    const std::string text = "text";
    std::vector<Write> writes(6);
    for (std::size_t at = 0; at < writes.size(); ++at) {
        writes[at].name = "f" + std::to_string(at);
        writes[at].bytes = std::as_bytes(std::span(text));
    }
    stack.store->write_many(writes, {}, {});
    for (const Write& write : writes) {
        EXPECT_TRUE(write.result.has_value());
        EXPECT_FALSE(write.written.tag.empty());
    }
    EXPECT_EQ(writes[1].name, "f1");
    EXPECT_EQ(stack.counters->writes, 6U + 3U);
    EXPECT_TRUE(stack.plan->unfired().empty());
}

TEST(Retry, PassesFinalErrorsThroughAtOnce) {
    for (const std::string code : {"denied", "no_space", "corrupt", "not_found", "io"}) {
        Stack stack("read:1x9:error=" + code);
        ASSERT_TRUE(create_object(*stack.store, "f", "text").has_value());
        EXPECT_EQ(read_object(*stack.store, "f", 100).error().code, code_named(code));
        EXPECT_EQ(stack.counters->reads, 1U) << code;
    }
}

TEST(Retry, EndsAtItsDeadline) {
    Stack stack("stat:1x1000:error",
                {.max_delay = seconds(30), .deadline = std::chrono::minutes(15), .budget = 1000});
    const auto begun = clock::boot();
    const auto found = stack.store->stat({.name = "f"});
    ASSERT_FALSE(found.has_value());
    EXPECT_EQ(found.error().code, Code::unavailable);
    EXPECT_NE(found.error().detail.find("tried"), std::string::npos);
    EXPECT_LE(clock::boot() - begun, std::chrono::minutes(15));
    EXPECT_GE(clock::boot() - begun, std::chrono::minutes(14));
}

TEST(Retry, EndsWithItsBudget) {
    Stack stack("stat:1x1000:error", {.budget = 10});
    EXPECT_FALSE(stack.store->stat({.name = "f"}).has_value());
    EXPECT_EQ(stack.counters->stats, 11U);
    EXPECT_FALSE(stack.store->stat({.name = "f"}).has_value());
    EXPECT_EQ(stack.counters->stats, 12U);
}

TEST(Retry, WaitsAsLongAsTheServiceAsks) {
    RetryBudget budget({});
    const clock::Fixed time(seconds(1000), seconds(1000));
    Attempts attempts(budget);
    Error error = make_error(Code::unavailable, "read", "x", "slow down");
    error.retry_after = seconds(40);
    EXPECT_TRUE(attempts.again(error, {}));
    EXPECT_GE(clock::boot(), seconds(1040));
    error.retry_after = std::chrono::hours(1);
    EXPECT_FALSE(attempts.again(error, {}));
}

TEST(Retry, ALostReplyOfACreationIsResolvedByLooking) {
    {
        Stack stack("write:1:lost");
        EXPECT_TRUE(create_object(*stack.store, "claim", "token-1").has_value());
        EXPECT_EQ(stack.counters->writes, 2U);
    }
    {
        // Somebody else's object of the same length is not ours.
        Stack stack("write:2:error");
        ASSERT_TRUE(create_object(*stack.store, "claim", "token-2").has_value());
        EXPECT_EQ(create_object(*stack.store, "claim", "token-1").error().code, Code::exists);
        EXPECT_EQ(*read_object(*stack.store, "claim", 100), "token-2");
    }
    {
        // Nothing was lost: creating the same bytes twice is still refused.
        Stack stack("");
        ASSERT_TRUE(create_object(*stack.store, "claim", "token").has_value());
        EXPECT_EQ(create_object(*stack.store, "claim", "token").error().code, Code::exists);
    }
}

TEST(Retry, ALostReplyOfFinishIsResolvedByLooking) {
    Stack stack("finish:1:lost,put:1:lost,open_upload:1:error");
    const std::string text = "0123456789";
    UploadRequest request;
    request.name = "part";
    request.size = text.size();
    request.condition.kind = Condition::Kind::create_only;
    auto upload = stack.store->open_upload(request);
    ASSERT_TRUE(upload.has_value());
    Piece piece{.number = 1, .bytes = std::as_bytes(std::span(text))};
    piece.crc32 = digest::crc32(0, piece.bytes);
    (*upload)->put_many(std::span(&piece, 1), {});
    ASSERT_TRUE(piece.result.has_value());
    const auto made = (*upload)->finish({.size = text.size(), .crc32 = piece.crc32, .pieces = 1});
    ASSERT_TRUE(made.has_value()) << made.error().message();
    EXPECT_EQ(made->name, "part");
    EXPECT_TRUE(stack.plan->unfired().empty());
}

TEST(Retry, AListingGoesOnWhereItBroke) {
    Stack stack("page:2x3:lost");
    for (int at = 0; at < 2500; ++at)
        ASSERT_TRUE(create_object(*stack.memory, "f" + std::to_string(at), "").has_value());
    const auto all = list_folder(*stack.store, "");
    ASSERT_TRUE(all.has_value());
    EXPECT_EQ(all->size(), 2500U);
    EXPECT_TRUE(stack.plan->unfired().empty());
}

TEST(Limit, HoldsTheRateBothWays) {
    const clock::Fixed time(seconds(1000), seconds(1000));
    LimitStore store(std::make_unique<memory::MemoryStore>(), std::make_shared<Bandwidth>(1000));
    const std::string text(500, 'x');
    for (int at = 0; at < 10; ++at)
        ASSERT_TRUE(create_object(store, "f" + std::to_string(at), text).has_value());
    for (int at = 0; at < 10; ++at)
        ASSERT_TRUE(read_object(store, "f" + std::to_string(at), 1000).has_value());
    // 10,000 bytes at 1,000 a second; the last 500 are still owed.
    EXPECT_GE(clock::boot(), seconds(1009));
    EXPECT_LE(clock::boot(), seconds(1011));
}

TEST(Limit, AStopEndsTheWait) {
    LimitStore store(std::make_unique<memory::MemoryStore>(), std::make_shared<Bandwidth>(1));
    ASSERT_TRUE(create_object(store, "f", std::string(100'000, 'x')).has_value());
    std::stop_source source;
    source.request_stop();
    EXPECT_EQ(read_object(store, "f", 100'000, source.get_token()).error().code, Code::interrupted);
}

TEST(Limit, ANewRateIsFeltAtOnce) {
    const clock::Fixed time(seconds(1000), seconds(1000));
    Bandwidth bandwidth(1);
    EXPECT_TRUE(bandwidth.take(1'000'000, {}));
    bandwidth.set_rate(0);
    EXPECT_TRUE(bandwidth.take(1'000'000, {}));
    EXPECT_EQ(clock::boot(), seconds(1000));
}

TEST(Trace, CountsItemsAndBytes) {
    Stack stack("read:2:error=denied");
    ASSERT_TRUE(create_object(*stack.store, "f", "12345").has_value());
    EXPECT_TRUE(read_object(*stack.store, "f", 10).has_value());
    EXPECT_FALSE(read_object(*stack.store, "f", 10).has_value());
    const auto json = to_json(*stack.counters);
    EXPECT_EQ(json["writes"], 1);
    EXPECT_EQ(json["bytes_written"], 5);
    EXPECT_EQ(json["reads"], 2);
    EXPECT_EQ(json["reads_failed"], 1);
    EXPECT_EQ(json["bytes_read"], 5);
    EXPECT_EQ(json["stats"], 2);
}

TEST(Fault, PlansAreReadOrRefused) {
    for (const std::string bad :
         {"read", "read:1", "read:0:lost", "read:x:lost", "read:1x:lost:", "fly:1:lost", "read:1:explode",
          "read:1:error=nonsense", "read:1:delay=5", "read~[:1:lost"}) {
        const auto plan = FaultPlan::parse(bad);
        EXPECT_FALSE(plan.has_value()) << bad;
    }
    const auto plan = FaultPlan::parse("read:2x3:short,write:1:delay=5ms@/out,stat:1:error=denied");
    ASSERT_TRUE(plan.has_value()) << plan.error().message();
    EXPECT_FALSE((*plan)->next("read", "/in", "f"));
    for (int at = 0; at < 3; ++at) EXPECT_TRUE((*plan)->next("read", "/in", "f"));
    EXPECT_FALSE((*plan)->next("read", "/in", "f"));
    EXPECT_FALSE((*plan)->next("write", "/in", "f"));
    EXPECT_TRUE((*plan)->next("write", "/data/out", "f"));
    EXPECT_EQ((*plan)->fired(), (std::vector<std::string>{"read:2x3:short", "write:1:delay=5ms@/out"}));
    EXPECT_EQ((*plan)->unfired(), std::vector<std::string>{"stat:1:error=denied"});
}

TEST(Fault, PlansNameObjectsAndAnyOperation) {
    const auto plan = FaultPlan::parse("write~haul-*.json:2:lost,any:2x*:error=denied@/out");
    ASSERT_TRUE(plan.has_value()) << plan.error().message();
    const auto fires = [&](const char* operation, const char* name) {
        return (*plan)->next(operation, "/out", name).has_value();
    };
    EXPECT_FALSE(fires("write", "set/haul-00001.json"));
    EXPECT_TRUE(fires("write", "part-00001.zip"));
    const auto lost = (*plan)->next("write", "/in", "haul-00002.json");
    ASSERT_TRUE(lost);
    EXPECT_EQ(lost->kind, Fault::Kind::lost);
    for (int at = 0; at < 5; ++at) EXPECT_TRUE(fires("stat", "f"));
    const auto counts = (*plan)->counts();
    ASSERT_EQ(counts.size(), 2U);
    EXPECT_EQ(counts[0].met, 2U);
    EXPECT_EQ(counts[0].fired, 1U);
    EXPECT_EQ(counts[1].met, 7U);
    EXPECT_EQ(counts[1].fired, 6U);
    EXPECT_EQ(counts[0].left + counts[1].left, 0U);
    EXPECT_EQ((*FaultPlan::parse("put:1x3:lost"))->counts()[0].left, 3U);
}

#ifdef HAUL_FAULT_POINTS
TEST(OpenStore, WritesItsCountersWhereTestsAsk) {
    namespace fs = std::filesystem;
    std::string pattern = (fs::temp_directory_path() / "haul-counters-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    const fs::path folder = pattern;
    ::setenv("HAUL_STORE_COUNTERS", (folder / "counters").c_str(), 1);
    const auto address = parse_address((folder / "new/store").string());
    for (int round = 0; round < 2; ++round) {
        auto store = open_store(*address, {.create = true});
        ASSERT_TRUE(store.has_value()) << store.error().message();
        ASSERT_TRUE(create_object(**store, "f" + std::to_string(round), "12345").has_value());
    }
    ::unsetenv("HAUL_STORE_COUNTERS");
    std::ifstream in(folder / "counters");
    std::string line;
    int lines = 0;
    while (std::getline(in, line)) {
        const auto value = json::parse(line, "counters");
        ASSERT_TRUE(value.has_value()) << value.error().message();
        EXPECT_EQ((*value)["address"], address->path);
        EXPECT_EQ((*value)["counters"]["bytes_written"], 5);
        ++lines;
    }
    EXPECT_EQ(lines, 2);
    fs::remove_all(folder);
}
#endif

}  // namespace
}  // namespace haul::store::wrap
