// Every promise over every ledger.
#include "ledger/conformance/conformance.h"

#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "ledger/memory/memory_ledger.h"
#include "ledger/sqlite/sqlite_ledger.h"
#include "ledger/test_folder.h"

namespace haul::ledger {
namespace {

using conformance::Factory;

Result<std::unique_ptr<Ledger>> open_at(const std::string& path) {
    OpenedSqlite opened = TRY(open_sqlite(path));
    return std::move(opened.ledger);
}

class Memory : public testing::TestWithParam<std::string_view> {};

TEST_P(Memory, Keeps) {
    const Factory factory{.make = []() -> Result<std::unique_ptr<Ledger>> { return make_memory_ledger(); },
                          .reopen = {}};
    const conformance::Verdict verdict = conformance::check(GetParam(), factory);
    EXPECT_TRUE(verdict.passed) << verdict.detail;
}

class Sqlite : public testing::TestWithParam<std::string_view> {};

TEST_P(Sqlite, Keeps) {
    const TestFolder folder;
    const std::string path = folder.path("ledger.sqlite");
    const Factory factory{.make = [&] { return open_at(path); }, .reopen = [&] { return open_at(path); }};
    const conformance::Verdict verdict = conformance::check(GetParam(), factory);
    EXPECT_TRUE(verdict.passed) << verdict.detail;
}

const auto kName = [](const auto& info) { return std::string(info.param); };
INSTANTIATE_TEST_SUITE_P(Promise, Memory, testing::ValuesIn(conformance::promises(false)), kName);
INSTANTIATE_TEST_SUITE_P(Promise, Sqlite, testing::ValuesIn(conformance::promises(true)), kName);

TEST(Conformance, DocsNameEveryPromiseAndNoOther) {
    std::ifstream page(HAUL_SOURCE_DIR "/docs/ledger.md");
    std::set<std::string> named;
    for (std::string line; std::getline(page, line);) {
        const std::size_t end = line.find("` |", 3);
        if (line.starts_with("| `") && end != std::string::npos) named.insert(line.substr(3, end - 3));
    }
    const auto promises = conformance::promises(true);
    EXPECT_EQ(named, std::set<std::string>(promises.begin(), promises.end()));
}

TEST(Conformance, NamesAnUnknownPromise) { EXPECT_FALSE(conformance::check("none", {}).passed); }

}  // namespace
}  // namespace haul::ledger
