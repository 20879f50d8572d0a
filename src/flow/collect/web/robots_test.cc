#include "flow/collect/web/robots.h"

#include <gtest/gtest.h>

namespace haul::collect {
namespace {

struct Case {
    const char *text, *target;
    bool allowed;
};

class RobotsRules : public testing::TestWithParam<Case> {};

TEST_P(RobotsRules, Decide) {
    EXPECT_EQ(Robots::parse(GetParam().text, "haul").allows(GetParam().target), GetParam().allowed)
        << GetParam().text << "\n"
        << GetParam().target;
}

constexpr const char* kTwo = "User-Agent: *\nDisallow: /\n\nuser-agent: Haul\nAllow: /\nDisallow: /private\n";
constexpr const char* kLongest = "User-agent: *\nAllow: /a/b\nDisallow: /a\nDisallow: /c\nAllow: /c\n";
constexpr const char* kSigns = "User-agent: *\nDisallow: /*.mp3$\nDisallow: /x*y*z\nDisallow: /q?id=*&n\n";

INSTANTIATE_TEST_SUITE_P(
    All, RobotsRules,
    testing::Values(
        Case{"", "/", true}, Case{"nonsense\n<html>", "/", true},
        Case{"User-agent: *\nDisallow:\n", "/x", true}, Case{"User-agent: *\nDisallow: /\n", "/x", false},
        Case{"User-agent: *\nDisallow: /\n", "/robots.txt", true}, Case{kTwo, "/x", true},
        Case{kTwo, "/private/y", false}, Case{"User-agent: other\nDisallow: /\n", "/", true},
        Case{"User-agent: haul\nUser-agent: other\nDisallow: /\n", "/", false},
        // All groups that name us hold together, and `*` does not then.
        Case{"User-agent: haul\nDisallow: /a\n\nUser-agent: haul/1.0\nDisallow: /b\n", "/b", false},
        Case{"User-agent: haul\nDisallow: /a\n\nUser-agent: *\nDisallow: /\n", "/b", true},
        Case{"User-agent: haul\n\nUser-agent: *\nDisallow: /\n", "/b", false},
        // A line that we do not know ends no group.
        Case{"User-agent: *\nCrawl-delay: 9\nDisallow: /\n", "/", false},
        Case{"User-agent: *\nSitemap: http://x/\nDisallow: /\n", "/", false}, Case{kLongest, "/a/b/c", true},
        Case{kLongest, "/a/c", false}, Case{kLongest, "/c", true}, Case{kSigns, "/d/e.mp3", false},
        Case{kSigns, "/d/e.mp3?x", true}, Case{kSigns, "/d/e.mp3.mp3", false}, Case{kSigns, "/xAyBzC", false},
        Case{kSigns, "/xAzBy", true}, Case{kSigns, "/q?id=7&n", false}, Case{kSigns, "/q?id=7", true},
        // RFC 9309 2.2.2: what is written in several ways is the same.
        Case{"User-agent: *\nDisallow: /foo/bar/\xE3\x83\x84\n", "/foo/bar/%E3%83%84", false},
        Case{"User-agent: *\nDisallow: /%7Ejoe\n", "/~joe", false},
        Case{"User-agent: *\nDisallow: /a%2fb\n", "/a/b", true},
        Case{"User-agent: *\nDisallow: /a%2fb\n", "/a%2Fb", false},
        Case{"\xEF\xBB\xBFUser-agent: *\r\nDisallow: /a # not\r\n", "/a", false},
        Case{"User-agent: *\rDisallow: /a\r", "/a", false}, Case{"Disallow: /\n", "/", true}));

TEST(Robots, HostilePatternsEnd) {
    std::string pattern = "User-agent: *\nDisallow: /";
    for (int i = 0; i < 1000; ++i) pattern += "a*";
    const Robots robots = Robots::parse(pattern + "b\n", "haul");
    EXPECT_TRUE(robots.allows("/" + std::string(5000, 'a')));
}

}  // namespace
}  // namespace haul::collect
