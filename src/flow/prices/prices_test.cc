// Price lists: what is refused, with its line, and what things cost.
#include "flow/prices/prices.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace haul::prices {
namespace {

using testing::HasSubstr;

TEST(Prices, TheExampleIsAList) {
    const auto prices = parse(example(), "example");
    ASSERT_TRUE(prices) << prices.error().message();
    EXPECT_EQ(prices->currency, "USD");
    EXPECT_GT(prices->list * prices->put * prices->get * prices->copy * prices->out, 0);
    EXPECT_GT(prices->storage.at("STANDARD"), 0);
    EXPECT_THAT(std::string(example()), HasSubstr("made up"));
}

TEST(Prices, WhatIsLeftOutCostsNothing) {
    const auto prices = parse("currency = 'EUR'\n", "f");
    ASSERT_TRUE(prices);
    EXPECT_EQ(cost_of({.lists = 9, .puts = 9, .gets = 9, .copies = 9, .bytes_out = 9}, *prices)->requests, 0);
}

struct Wrong {
    std::string text, line, said;
};
class Refused : public testing::TestWithParam<Wrong> {};

TEST_P(Refused, WithItsLine) {
    const auto prices = parse(GetParam().text, "p.toml");
    ASSERT_FALSE(prices);
    EXPECT_EQ(prices.error().code, Code::usage);
    EXPECT_THAT(prices.error().message(), HasSubstr("p.toml, line " + GetParam().line + ":"));
    EXPECT_THAT(prices.error().message(), HasSubstr(GetParam().said));
    EXPECT_FALSE(prices.error().remedy.empty());
}

INSTANTIATE_TEST_SUITE_P(
    All, Refused,
    testing::Values(Wrong{"currency = 'EUR'\n[requests\n", "2", "expected"},
                    Wrong{"currency = 'EUR'\nx = 1\n", "2", "unknown key 'x'"},
                    Wrong{"currency = 'EUR'\n[requests]\nput = 1\nhead = 1\n", "4",
                          "unknown key 'head' in [requests]"},
                    Wrong{"currency = 'EUR'\n[transfer]\nin = 1\n", "3", "unknown key 'in' in [transfer]"},
                    Wrong{"currency = 'EUR'\n[requests]\nput = '1'\n", "3", "'put' is no price"},
                    Wrong{"currency = 'EUR'\n[requests]\nput = true\n", "3", "'put' is no price"},
                    Wrong{"currency = 'EUR'\n[requests]\nput = -1\n", "3", "'put' is no price"},
                    Wrong{"currency = 'EUR'\n[transfer]\nout = inf\n", "3", "'out' is no price"},
                    Wrong{"currency = 'EUR'\n[storage]\nX = nan\n", "3", "'X' is no price"},
                    Wrong{"currency = 'EUR'\n[storage.X]\ny = 1\n", "2", "'X' is no price"},
                    Wrong{"currency = 'EUR'\nstorage = 1\n", "2", "'storage' is no table"},
                    Wrong{"currency = 1\n", "1", "no name of a currency"},
                    Wrong{"currency = ''\n", "1", "no name of a currency"},
                    Wrong{"[transfer]\nout = 1\n", "1", "no currency"}, Wrong{"", "1", "no currency"}),
    [](const auto& row) { return "Row" + std::to_string(row.index); });

TEST(Prices, WhatThingsCost) {
    const auto prices = parse(
        "currency = 'EUR'\n[requests]\nlist = 1\nput = 2\nget = 3\ncopy = 4\n"
        "[storage]\nSTANDARD = 10\nIA = 5.5\n[transfer]\nout = 7\n",
        "p.toml");
    ASSERT_TRUE(prices) << prices.error().message();
    const Usage usage{.lists = 1000,
                      .puts = 500,
                      .gets = 100,
                      .copies = 250,
                      .bytes_out = 2'000'000'000,
                      .bytes_stored = 500'000'000,
                      .storage_class = "IA"};
    const auto cost = cost_of(usage, *prices);
    ASSERT_TRUE(cost);
    EXPECT_DOUBLE_EQ(cost->requests, 1 + 1 + 0.3 + 1);
    EXPECT_DOUBLE_EQ(cost->out, 14);
    EXPECT_DOUBLE_EQ(cost->storage, 2.75);
    EXPECT_EQ(cost->currency + cost->storage_class, "EURIA");
    const auto unknown = cost_of({.bytes_stored = 1, .storage_class = "COLD"}, *prices);
    ASSERT_FALSE(unknown);
    EXPECT_THAT(unknown.error().message(), HasSubstr("COLD"));
}

}  // namespace
}  // namespace haul::prices
