#include "base/glob.h"

#include <gtest/gtest.h>

namespace haul {
namespace {

struct Row {
    const char* pattern;
    const char* path;
    bool matches;
    bool is_folder = false;
};

void check(std::span<const Row> rows) {
    for (const Row& row : rows) {
        const auto glob = Glob::parse(row.pattern);
        ASSERT_TRUE(glob) << row.pattern << ": " << glob.error().message();
        EXPECT_EQ(glob->pattern(), row.pattern);
        EXPECT_EQ(glob->matches(row.path, row.is_folder), row.matches) << row.pattern << " on " << row.path;
    }
}

TEST(Glob, LastElementWherePatternHasNoSlash) {
    const Row rows[] = {
        {"a.txt", "a.txt", true},    {"a.txt", "deep/er/a.txt", true},
        {"a.txt", "a.txt/b", false}, {"a.txt", "ba.txt", false},
        {"*.txt", "x/y.txt", true},  {"*.txt", "x.txt/y", false},
        {"*", "x/y", true},          {"*", ".hidden", true},
        {"?.c", "src/a.c", true},    {"?.c", "src/ab.c", false},
        {"?.c", ".c", false},        {"**", "a/b/c", true},
        {"A.txt", "a.txt", false},
    };
    check(rows);
}

TEST(Glob, WholePathWherePatternHasASlash) {
    const Row rows[] = {
        {"/a.txt", "a.txt", true},    {"/a.txt", "x/a.txt", false},
        {"x/a.txt", "x/a.txt", true}, {"x/a.txt", "y/x/a.txt", false},
        {"x/*.txt", "x/a.txt", true}, {"x/*.txt", "x/y/a.txt", false},
        {"x/*/a", "x//a", true},      {"x/*/a", "x/1/2/a", false},
        {"x?y/z", "x/y/z", false},    {"/*", "a", true},
        {"/*", "a/b", false},         {"\\/a", "a", false},
    };
    check(rows);
}

TEST(Glob, DoubleStarCrossesFolders) {
    const Row rows[] = {
        {"x/**", "x/a", true},
        {"x/**", "x/a/b/c", true},
        {"x/**", "x", false},
        {"x/**", "xy/a", false},
        {"**/a", "a", true},
        {"**/a", "x/a", true},
        {"**/a", "x/y/a", true},
        {"**/a", "ba", false},
        {"**/a", "x/ba", false},
        {"a/**/b", "a/b", true},
        {"a/**/b", "a/x/y/b", true},
        {"a/**/b", "a/xb", false},
        {"a/**b", "a/x/yb", true},
        {"a**/b", "ax/y/b", true},
        {"a**/b", "ab", false},
        {"**/x/**/y/*.c", "1/x/2/3/y/f.c", true},
        {"**/x/**/y/*.c", "1/x/2/3/y/4/f.c", false},
        {"**/x/**/y/*.c", "x/y/x/y/f.c", true},
        {"/**/a/*b*/c", "a/1/a/xbx/c", true},
        {"/***/a", "x/a", true},
    };
    check(rows);
}

TEST(Glob, TrailingSlashMeansFolderAndAllBeneath) {
    const Row rows[] = {
        {"build/", "build", true, true},      {"build/", "build", false, false},
        {"build/", "build/x", true},          {"build/", "a/build/x/y", true},
        {"build/", "a/build", true, true},    {"build/", "a/builds/x", false},
        {"build/", "x/rebuild", false, true}, {"/build/", "build/x", true},
        {"/build/", "a/build/x", false},      {"a/b/", "a/b/c", true},
        {"a/b/", "x/a/b/c", false},           {"a*/", "x/ab/c", true},
        {"**/tmp/", "tmp/x", true},           {"**/tmp/", "a/b/tmp/x", true},
    };
    check(rows);
}

TEST(Glob, Brackets) {
    const Row rows[] = {
        {"[a-c]", "b", true},      {"[a-c]", "d", false},        {"[!a-c]", "d", true},
        {"[!a-c]", "b", false},    {"[^a-c]", "d", true},        {"[]]", "]", true},
        {"[!]]", "]", false},      {"[!]]", "x", true},          {"[a-]", "-", true},
        {"[-a]", "-", true},       {"[\\]]", "]", true},         {"[a\\-c]", "b", false},
        {"[a\\-c]", "-", true},    {"[*]", "*", true},           {"[*]", "x", false},
        {"[a-cx-z]1", "y1", true}, {"[{]", "{", true},           {"x[!a]y/z", "x/y/z", false},
        {"[é]", "é", true},        {"[à-ü].txt", "é.txt", true}, {"[à-ü]", "z", false},
        {"[\xFF]", "\xFF", true},  {"[a-c]", "", false},         {"[!a]", "\xFE", true},
    };
    check(rows);
}

TEST(Glob, QuestionMarkTakesACharacter) {
    const Row rows[] = {
        {"?", "é", true},  {"??", "é", false},    {"?", "\xE9", true},
        {"?", "日", true}, {"a?c", "a😀c", true}, {"?", "", false},
    };
    check(rows);
}

TEST(Glob, Braces) {
    const Row rows[] = {
        {"*.{jpg,png}", "a.jpg", true},
        {"*.{jpg,png}", "a.png", true},
        {"*.{jpg,png}", "a.gif", false},
        {"*.{jpg,png}", "a.jpg,png", false},
        {"a{,b}c", "ac", true},
        {"a{,b}c", "abc", true},
        {"{a,{b,c}d}e", "cde", true},
        {"{a,{b,c}d}e", "ae", true},
        {"{a,{b,c}d}e", "be", false},
        {"{x/a,b}", "x/a", true},
        {"{x/a,b}", "y/b", false},
        {"{x/a,b}", "b", true},
        {"{*,?}.c", "ab.c", true},
        {"{a}", "a", true},
        {"\\{a,b}", "{a,b}", true},
        {"{a\\,b,c}", "a,b", true},
        {"{[,],x}", ",", true},
        {"a,b", "a,b", true},
        {"a}", "a}", true},
        {"{**/,}x", "a/b/x", true},
        {"{a,b}{1,2}", "b2", true},
        {"{a,b}{1,2}", "b3", false},
    };
    check(rows);
}

TEST(Glob, BackslashTakesTheNextCharacterAsItIs) {
    const Row rows[] = {
        {"\\*", "*", true},     {"\\*", "x", false},  {"\\?", "?", true},
        {"\\[a]", "[a]", true}, {"\\\\", "\\", true}, {"\\a", "a", true},
    };
    check(rows);
}

TEST(Glob, PatternsThatCannotBeRead) {
    for (const std::string_view pattern : {"", "/", "//", "[", "[a", "[]", "[!", "[!]", "[a-", "[z-a]", "{",
                                           "{a", "{a,", "{a,b", "{a,{b}", "a\\", "{a\\", "[a\\"}) {
        const auto glob = Glob::parse(pattern);
        ASSERT_FALSE(glob) << pattern;
        EXPECT_EQ(glob.error().code, Code::usage) << pattern;
    }
}

TEST(Glob, BracesCannotExhaustMemory) {
    std::string many;
    for (int i = 0; i < 30; ++i) many += "{a,b}";
    EXPECT_FALSE(Glob::parse(many));
    EXPECT_FALSE(Glob::parse(std::string(100'000, '{')));
}

// With simple recursion these would run for longer than anyone waits.
TEST(Glob, HostilePatternsEnd) {
    const std::string path(4000, 'a');
    std::string stars;
    for (int i = 0; i < 50; ++i) stars += "*a";
    EXPECT_TRUE(Glob::parse(stars)->matches(path));
    EXPECT_FALSE(Glob::parse(stars + "b")->matches(path));
    std::string folders;
    for (int i = 0; i < 200; ++i) folders += "a/";
    EXPECT_FALSE(Glob::parse("**/a/**/a/**/a/**/a/**/*b")->matches(folders + "a"));
    EXPECT_TRUE(Glob::parse("**/a/**/a/**/a/**/a/**/*b")->matches(folders + "b"));
}

}  // namespace
TEST(Glob, MayMatchBeneathAFolder) {
    const auto may = [](const char* pattern, const char* folder) {
        return Glob::parse(pattern)->may_match_beneath(folder);
    };
    for (const char* pattern :
         {"*.jpg", "b/**", "/b/x", "b/deep/y", "b*/y", "**/y", "{a,b}/y", "b/", "/b/d/"})
        EXPECT_TRUE(may(pattern, "b")) << pattern;
    EXPECT_TRUE(may("b/", "b/deep"));
    for (const char* pattern : {"/a.txt", "c/**", "/b", "bc/x", "{a,c}/y", "/c/"})
        EXPECT_FALSE(may(pattern, "b")) << pattern;
}

}  // namespace haul
