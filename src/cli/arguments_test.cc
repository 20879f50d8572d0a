#include "cli/arguments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/nearest.h"

namespace haul::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Words = std::vector<std::string>;

// A command with one argument of each kind.
struct Sample {
    std::string first, second, choice = "a";
    std::optional<std::string> text;
    bool flag = false;
    std::uint64_t size = 0, number = 2;
    std::optional<std::uint64_t> limit;
    std::chrono::nanoseconds time{};
    std::vector<std::string> order;
    Arguments arguments{"sample", "does something", "  haul sample x\n"};

    Sample() {
        arguments.positional("FIRST", first, "the first");
        arguments.positional("SECOND", second, "the second", false);
        arguments.text("--name", text, "NAME", "a name");
        arguments.flag("-v,--verbose", flag, "say more");
        arguments.choice("--kind", choice, {"a", "b"}, "a kind");
        arguments.size("--part-size", size, 1024, "a size");
        arguments.size("--max-size", limit, "a limit");
        arguments.number("--jobs", number, 1, 64, "a number");
        arguments.duration("--timeout", time, "a time");
        for (const char* name : {"--include", "--exclude"}) {
            arguments.each(name, "GLOB", "a pattern", [this, name](const std::string& value) -> Status {
                if (value == "bad") return failure(Code::usage, "", "", "that is bad");
                order.push_back(std::string(name) + " " + value);
                return {};
            });
        }
    }
};

TEST(Arguments, ReadsEveryKind) {
    Sample s;
    ASSERT_TRUE(s.arguments.parse({"x", "--name", "n", "-v", "--kind=b", "y", "--part-size", "64MiB",
                                   "--max-size=1GB", "--jobs", "7", "--timeout", "15m", "--json"}));
    EXPECT_EQ(s.first, "x");
    EXPECT_EQ(s.second, "y");
    EXPECT_EQ(s.text, "n");
    EXPECT_TRUE(s.flag);
    EXPECT_EQ(s.choice, "b");
    EXPECT_EQ(s.size, 64U << 20U);
    EXPECT_EQ(s.limit, 1'000'000'000U);
    EXPECT_EQ(s.number, 7U);
    EXPECT_EQ(s.time, std::chrono::minutes(15));
    EXPECT_TRUE(s.arguments.json());
    EXPECT_FALSE(s.arguments.help_wanted());
}

TEST(Arguments, OrderBetweenRepeatedOptionsIsKept) {
    Sample s;
    ASSERT_TRUE(s.arguments.parse(
        {"--exclude", "*.a", "x", "--include=*.b", "--exclude", "[cd]", "--include", "{e,f}"}));
    EXPECT_THAT(s.order, ElementsAre("--exclude *.a", "--include *.b", "--exclude [cd]", "--include {e,f}"));
}

TEST(Arguments, TheLastValueCounts) {
    Sample s;
    ASSERT_TRUE(
        s.arguments.parse({"--name", "a", "x", "--name=b", "--jobs", "3", "--jobs", "4", "-v", "-v"}));
    EXPECT_EQ(s.text, "b");
    EXPECT_EQ(s.number, 4U);
}

TEST(Arguments, StrangeWordsStayWhatTheyAre) {
    for (const char* word : {"[a,b]", "a b", "", "%1", "\"q\"", "caf\xe9", "a=b", "/x"}) {
        Sample s;
        ASSERT_TRUE(s.arguments.parse({"--", word})) << word;
        EXPECT_EQ(s.first, word);
    }
    Sample s;
    ASSERT_TRUE(s.arguments.parse({"--name=-x", "--", "-y", "--jobs"}));
    EXPECT_EQ(s.text, "-x");
    EXPECT_EQ(s.first, "-y");
    EXPECT_EQ(s.second, "--jobs");
}

TEST(Arguments, WrongUsageSaysWhatAndWhy) {
    struct Row {
        Words words;
        const char* says;
    };
    const std::vector<Row> rows = {
        {{}, "FIRST is required"},
        {{"x", "y", "z"}, "z"},
        {{"x", "--kind", "c"}, "--kind: 'c' is none of a, b"},
        {{"x", "--part-size", "12"}, "--part-size: '12' is too small"},
        {{"x", "--part-size", "many"}, "--part-size"},
        {{"x", "--jobs", "0"}, "--jobs: '0' is not a whole number from 1 to 64"},
        {{"x", "--jobs", "7x"}, "--jobs: '7x'"},
        {{"x", "--jobs", "-1"}, "--jobs"},
        {{"x", "--timeout", "15"}, "--timeout"},
        {{"x", "--exclude", "bad"}, "--exclude: that is bad"},
        {{"x", "--name"}, "--name"},
        {{"x", "--nmae", "n"}, "there is no option '--nmae'; did you mean --name?"},
        {{"--verbos"}, "there is no option '--verbos'; did you mean --verbose?"},
        {{"x", "--prat-size=4GB"}, "did you mean --part-size?"},
        {{"x", "-z"}, "there is no option '-z'"},
        {{"x", "--completely-different"}, "there is no option '--completely-different'"},
    };
    for (const Row& row : rows) {
        Sample s;
        const Status status = s.arguments.parse(row.words);
        ASSERT_FALSE(status) << row.says;
        EXPECT_EQ(status.error().code, Code::usage);
        EXPECT_THAT(status.error().message(), HasSubstr(row.says));
        EXPECT_THAT(status.error().remedy, HasSubstr("haul sample --help"));
    }
}

TEST(Arguments, HelpShowsEverything) {
    Sample s;
    ASSERT_TRUE(s.arguments.parse({"--help"}));
    EXPECT_TRUE(s.arguments.help_wanted());
    for (const char* text : {"haul sample", "does something", "FIRST", "--part-size SIZE", "--kind a|b",
                             "-v,--verbose", "Examples:", "  haul sample x"}) {
        EXPECT_THAT(s.arguments.help(), HasSubstr(text));
    }
}

TEST(Suggest, Nearest) {
    const Words words = {"pack", "unpack", "verify", "ls", "cat"};
    const std::vector<std::pair<std::string, std::string>> rows = {
        {"pcak", "pack"}, {"unpak", "unpack"}, {"verifi", "verify"},
        {"sl", "ls"},     {"pack", "pack"},    {"frobnicate", ""},
        {"", ""},         {"cta", "cat"},      {std::string(1000, 'x'), ""},
    };
    for (const auto& [word, expected] : rows) EXPECT_EQ(text::nearest(word, words), expected) << word;
}

}  // namespace
}  // namespace haul::cli
