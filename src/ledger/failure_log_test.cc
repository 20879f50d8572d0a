#include "ledger/failure_log.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "base/clock.h"
#include "base/json.h"

namespace haul::ledger {
namespace {

Error chain(int length) {
    Error error = make_error(Code::denied, "root", "file", "refused").with_remedy("ask");
    for (int n = 1; n < length; ++n) error = std::move(error).within("layer " + std::to_string(n), "thing");
    return error;
}

TEST(FailureLog, KeepsTheWholeChainAndTheTime) {
    const clock::Fixed fixed(std::chrono::seconds(5), std::chrono::seconds(86400));
    const std::string log = with_failure({}, FailKind::child_death, chain(2));
    EXPECT_EQ(
        log,
        R"([{"time":"1970-01-02T00:00:00.000Z","kind":"child_death","code":"denied","operation":"layer 1",)"
        R"("subject":"thing","remedy":"ask","cause":{"code":"denied","operation":"root","subject":"file",)"
        R"("detail":"refused","remedy":"ask"}}])");
}

TEST(FailureLog, KeepsTheLastTenOldestFirst) {
    std::string log;
    for (int n = 0; n < 25; ++n)
        log = with_failure(log, FailKind::failure, make_error(Code::io, "read", std::to_string(n), ""));
    const auto entries = json::Value::parse(log);
    ASSERT_EQ(entries.size(), kFailuresKept);
    EXPECT_EQ(entries.front()["subject"], "15");
    EXPECT_EQ(entries.back()["subject"], "24");
}

TEST(FailureLog, KeepsTheRootOfALongChain) {
    const auto entries = json::Value::parse(with_failure({}, FailKind::failure, chain(100)));
    const json::Value* at = &entries[0];
    std::size_t length = 1;
    for (; at->contains("cause"); ++length) at = &at->at("cause");
    EXPECT_EQ(length, kErrorsInChain);
    EXPECT_EQ(at->at("operation"), "root");
}

struct Big {
    std::string name;
    std::string text;
};
class FailureLogBound : public testing::TestWithParam<Big> {};

TEST_P(FailureLogBound, Holds) {
    Error error = make_error(Code::io, GetParam().text, GetParam().text, GetParam().text);
    for (int n = 0; n < 20; ++n) error = std::move(error).within(GetParam().text, GetParam().text);
    std::string log;
    for (int n = 0; n < 3; ++n) log = with_failure(log, FailKind::failure, error);
    EXPECT_LE(log.size(), kFailureLogBytes);
    const auto parsed = json::parse(log, "log");
    ASSERT_TRUE(parsed.has_value()) << parsed.error().message();
    EXPECT_FALSE(parsed->empty());
}

INSTANTIATE_TEST_SUITE_P(Text, FailureLogBound,
                         testing::Values(Big{"letters", std::string(100'000, 'x')},
                                         Big{"escapes", std::string(100'000, '\x01')},
                                         Big{"not_utf8", std::string(100'000, '\xff')}, Big{"small", "x"},
                                         Big{"empty", ""}),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace haul::ledger
