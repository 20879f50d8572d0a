#include "zip/names.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"

namespace haul::zip {
namespace {

using namespace std::string_literals;

struct Case {
    std::string path;
    bool folder;
    bool collides;
    std::string name;
};

const Case cases[] = {
    // plain paths stay
    {"a", false, false, "a"},
    {"a/b c/d", false, false, "a/b c/d"},
    {"a", true, false, "a/"},
    {"größe/💡.txt", false, false, "größe/💡.txt"},
    {"line\nbreak \"quoted\"", false, false, "line\nbreak \"quoted\""},
    {"...", false, false, "..."},
    {"100%", false, false, "100%"},
    {"%haulage", false, false, "%haulage"},
    // unsafe or unreadable somewhere
    {"..", false, false, "%haul/%2E%2E"},
    {"a/../b", false, false, "%haul/a/%2E%2E/b"},
    {"a/./b.c", false, false, "%haul/a/%2E/b.c"},
    {".", true, false, "%haul/%2E/"},
    {"/abs", false, false, "%haul/%2Fabs"},
    {"a//b", false, false, "%haul/a%2F%2Fb"},
    {"a/", false, false, "%haul/a%2F"},
    {"a/", true, false, "%haul/a%2F/"},
    {"", false, false, "%haul/%"},
    {"C:/x", false, false, "%haul/C%3A/x"},
    {"a\\b", false, false, "%haul/a%5Cb"},
    {"a\0b"s, false, false, "%haul/a%00b"},
    {"caf\xe9/b", false, false, "%haul/caf%E9/b"},
    {"gr\xc3\xb6\xff", false, false, "%haul/gr%C3%B6%FF"},
    // what looks escaped is escaped
    {"%haul/a", false, false, "%haul/%25haul/a"},
    {"%haul", false, false, "%haul/%25haul"},
    {"%haul", true, false, "%haul/%25haul/"},
    // a file that is a folder of others too, in a form that is no folder of others
    {"a", false, true, "%haul/a%"},
    {"caf\xe9", false, true, "%haul/caf%E9%"},
};

TEST(Names, Table) {
    for (const Case& row : cases) {
        SCOPED_TRACE(text::printable(row.path));
        EXPECT_EQ(archive_name(row.path, row.folder, row.collides), row.name);
        const auto back = unescape(row.name);
        if (row.name.starts_with("%haul/")) {
            ASSERT_TRUE(back.has_value());
            EXPECT_EQ(*back, row.path);
        } else {
            EXPECT_FALSE(back.has_value());
        }
    }
}

TEST(Names, OnlyWhatWeMakeIsUnescaped) {
    const std::string foreign[] = {"%haul/a",    "%haul/%61%",   "%haul/%ff",  "%haul/%F",    "%haul/a%2",
                                   "%haul/%2E.", "%haul/a%2Fb%", "%haul/a\\b", "%haul/",      "%haul",
                                   "%HAUL/%FF",  "%haul//",      "%haul/%%",   "%haul/%FF//", "x%haul/%FF"};
    for (const std::string& name : foreign) EXPECT_FALSE(unescape(name).has_value()) << name;
}

TEST(Names, LongNamesAreHashed) {
    const std::string path(30'000, '\xff');
    const std::string name = archive_name(path, false);
    EXPECT_EQ(name.size(), std::string("%haul/%sha256/").size() + 64);
    EXPECT_TRUE(name.starts_with("%haul/%sha256/"));
    EXPECT_EQ(archive_name(path, true), name + "/");
    EXPECT_EQ(archive_name(path, false, true), name + "%");
    EXPECT_NE(archive_name(path + "a", false), name);
    EXPECT_FALSE(unescape(name).has_value());
    const std::string longest(65'534, 'a');
    EXPECT_EQ(archive_name(longest, true), longest + "/");
    EXPECT_TRUE(archive_name(longest + "a", false).starts_with("%haul/%sha256/"));
}

TEST(Names, Refuse) {
    const std::pair<std::string, std::string> bad[] = {
        {"", "empty"},           {"/etc/passwd", "absolute"}, {"../x", "leads out"},
        {"a/../b", "leads out"}, {"a/..", "leads out"},       {"a/../", "leads out"},
        {"c:x", "drive"},        {"C:/x", "drive"},           {"a\\..\\b", "backslash"},
        {"a\0b"s, "NUL"},        {"a//b", "empty element"},   {"a//", "empty element"},
        {"/", "absolute"}};
    for (const auto& [name, why] : bad) {
        SCOPED_TRACE(text::printable(name));
        const auto said = refuse(name);
        ASSERT_TRUE(said.has_value());
        EXPECT_NE(said->find(why), std::string::npos) << *said;
    }
    for (const char* good : {"a", "a/", "a/b", "a..b/..c", "...", "%haul/%2E%2E", "ab:c", "1:x"})
        EXPECT_FALSE(refuse(good).has_value()) << good;
}

// Bytes that matter to the rules, so that random paths meet them.
rc::Gen<std::string> some_path() {
    return rc::gen::container<std::string>(
        rc::gen::oneOf(rc::gen::element('/', '.', '%', '\\', ':', 'a', 'C', '2', 'E', '\0', '\xff'),
                       rc::gen::arbitrary<char>()));
}
rc::Gen<std::string> some_haul_path() {
    return rc::gen::map(
        rc::gen::pair(rc::gen::element(""s, "%haul"s, "%haul/"s, "%haul/%sha256/"s), some_path()),
        [](const auto& two) { return two.first + two.second; });
}

TEST(Names, RoundTrip) {
    EXPECT_TRUE(rc::check("every path comes back, and its name is safe everywhere", [] {
        const std::string path = *some_haul_path();
        const bool folder = *rc::gen::arbitrary<bool>(), collides = *rc::gen::arbitrary<bool>();
        const std::string name = archive_name(path, folder, collides);
        RC_ASSERT(!refuse(name).has_value());
        RC_ASSERT(text::is_utf8(name));
        RC_ASSERT(name.ends_with('/') == folder);
        const bool stays = is_plain(path) && !collides;
        RC_ASSERT(stays == (name == path + (folder ? "/" : "")));
        RC_ASSERT(stays != unescape(name).has_value());
        if (!stays) RC_ASSERT(*unescape(name) == path);
    }));
}

TEST(Names, Injective) {
    EXPECT_TRUE(rc::check("different paths have different names", [] {
        std::map<std::string, std::pair<std::string, bool>> names;
        for (const std::string& path : *rc::gen::container<std::vector<std::string>>(some_haul_path())) {
            for (const bool folder : {false, true}) {
                for (const bool collides : {false, true}) {
                    const auto [at, fresh] =
                        names.emplace(archive_name(path, folder, collides), std::pair(path, folder));
                    RC_ASSERT(fresh || at->second == std::pair(path, folder));
                }
            }
        }
    }));
}

// No escaped file stands where another name needs a folder.
TEST(Names, EscapedFilesAreNoFolders) {
    const std::string file = archive_name("x\xff", false, true);
    const std::string beneath = archive_name("x\xff/y\xff", false, true);
    const std::string deeper = archive_name("x\xff/y\xff/z\xff", false);
    EXPECT_FALSE(beneath.starts_with(file + "/"));
    EXPECT_FALSE(deeper.starts_with(file + "/"));
    EXPECT_FALSE(deeper.starts_with(beneath + "/"));
}

}  // namespace
}  // namespace haul::zip
