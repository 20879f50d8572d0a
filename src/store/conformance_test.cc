// The promises of store.h, over every store and every wrapper over each.
#include "store/conformance/conformance.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "store/conformance/wrappers.h"
#include "store/local/local_store.h"
#include "store/memory/memory_store.h"
#include "store/wrap/fault.h"

namespace haul::store {
namespace {

using Made = Result<std::unique_ptr<Store>>;
using Place = std::function<Made(const std::filesystem::path&)>;

struct Row {
    std::string name;
    Place place;
    std::function<std::unique_ptr<Store>(std::unique_ptr<Store>)> wrap;
    friend void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }
};

std::vector<Row> rows() {
    const std::vector<std::pair<std::string, Place>> places = {
        {"memory", [](const auto&) -> Made { return std::make_unique<memory::MemoryStore>(); }},
        {"memory_small_pages",
         [](const auto&) -> Made {
             return std::make_unique<memory::MemoryStore>(memory::MemoryOptions{.page_objects = 7});
         }},
        {"local", [](const auto& folder) { return local::LocalStore::open(folder, {}); }},
    };
    std::vector<Row> all;
    for (const auto& [place_name, place] : places) {
        for (const conformance::Wrapper& wrapper : conformance::wrappers())
            all.push_back({place_name + "_" + wrapper.name, place, wrapper.wrap});
    }
    return all;
}

class StoreConformance : public testing::TestWithParam<Row> {
  protected:
    void SetUp() override {
        // In memory where there is such a place: what a sync costs is no promise. local_store_test works on
        // the disk.
        const bool in_memory = ::access("/dev/shm", W_OK) == 0;
        const std::filesystem::path parent = in_memory ? "/dev/shm" : std::filesystem::temp_directory_path();
        std::string pattern = (parent / "haul-conformance-XXXXXX").string();
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        folder_ = pattern;
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }
    std::filesystem::path folder_;
};

TEST_P(StoreConformance, KeepsItsPromises) {
    const conformance::Factory factory{.make = [this]() -> Made {
        auto store = TRY(GetParam().place(folder_));
        return GetParam().wrap(std::move(store));
    }};
    const auto verdicts = conformance::check_all(factory);
    EXPECT_GT(verdicts.size(), 25U);
    for (const conformance::Verdict& verdict : verdicts) {
        EXPECT_TRUE(verdict.passed) << verdict.promise << ": " << verdict.detail;
    }
}

INSTANTIATE_TEST_SUITE_P(All, StoreConformance, testing::ValuesIn(rows()),
                         [](const auto& row) { return row.param.name; });

// A store that breaks its word is found out: each of these faults, without retries, fails the promise named.
TEST(StoreConformanceItself, FindsBrokenStores) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"read:1:flip", "reads_are_exact"},
        {"write:4:flip", "written_objects_are_whole"},
        {"write:2:error", "listings_are_complete"},
        {"page:1:error", "listings_are_in_byte_order"},
        {"put:2:flip", "pieces_come_in_any_order"},
        {"remove:2:error", "removed_objects_are_gone"},
        {"write:2:error=exists", "versions_tell_contents_apart"},
        {"finish:1:lost", "finish_decides_the_size"},
    };
    for (const auto& [fault, promise] : cases) {
        auto plan = wrap::FaultPlan::parse(fault);
        ASSERT_TRUE(plan.has_value()) << plan.error().message();
        const conformance::Factory factory{.make = [&]() -> Made {
            return std::make_unique<wrap::FaultStore>(std::make_unique<memory::MemoryStore>(), *plan);
        }};
        const auto verdict = conformance::check(promise, factory);
        EXPECT_FALSE(verdict.passed) << fault << " was not noticed by " << promise;
        EXPECT_FALSE(verdict.detail.empty());
        EXPECT_TRUE((*plan)->unfired().empty()) << fault;
    }
    EXPECT_FALSE(conformance::check("no_such_promise", {}).passed);
}

}  // namespace
}  // namespace haul::store
