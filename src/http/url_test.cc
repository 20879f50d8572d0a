#include "http/url.h"

#include <gtest/gtest.h>

namespace haul::http {
namespace {

TEST(HttpUrl, IsTakenApart) {
    const struct {
        const char *text, *normal, *authority, *target;
    } cases[] = {
        {"http://A.Example", "http://A.Example/", "a.example", "/"},
        {" https://a.example:443/b c?d=\xC3\xA9#e\n", "https://a.example:443/b%20c?d=%C3%A9", "a.example",
         "/b%20c?d=%C3%A9"},
        {"HTTP://u:p@a.example:8080/x", "http://u:p@a.example:8080/x", "a.example:8080", "/x"},
        {"http://2130706433/", "http://127.0.0.1/", "127.0.0.1", "/"},
        {"http://0x7f.1/", "http://127.0.0.1/", "127.0.0.1", "/"},
        {"http://127.%30.0.1/", "http://127.0.0.1/", "127.0.0.1", "/"},
        {"http://[::1]:80/", "http://[::1]:80/", "[::1]", "/"},
    };
    for (const auto& row : cases) {
        const auto url = parse_url(row.text);
        ASSERT_TRUE(url) << row.text;
        EXPECT_EQ(url->text, row.normal);
        EXPECT_EQ(url->authority(), row.authority);
        EXPECT_EQ(url->target, row.target);
    }
    for (const char* text : {"", "a.example/b", "ftp://a.example/", "http://", "http://a:99999/",
                             "file:///etc/passwd", "http://a b/", "mailto:a@b"})
        EXPECT_FALSE(parse_url(text)) << text;
}

TEST(HttpUrl, BracketsAreOfTheUrl) {
    EXPECT_EQ(without_brackets("[::1]"), "::1");
    for (const char* same : {"127.0.0.1", "a.example", "[::1", "::1]", ""})
        EXPECT_EQ(without_brackets(same), same);
}

TEST(HttpUrl, ReferencesAreResolved) {
    const struct {
        const char *base, *reference, *resolved;
    } cases[] = {
        {"http://a.example/b/c?d", "e f.mp3", "http://a.example/b/e%20f.mp3"},
        {"http://a.example/b/c", "../x", "http://a.example/x"},
        {"http://a.example/b/c", "/x?y#z", "http://a.example/x?y"},
        {"https://a.example/b", "//c.example/d", "https://c.example/d"},
        {"https://a.example/b", "http://c.example/d", "http://c.example/d"},
        {"http://a.example/b?c=1", "?c=2", "http://a.example/b?c=2"},
    };
    for (const auto& row : cases) {
        const auto url = resolve_url(row.base, row.reference);
        ASSERT_TRUE(url) << row.reference;
        EXPECT_EQ(url->text, row.resolved);
    }
    EXPECT_FALSE(resolve_url("http://a.example/", "file:///etc/passwd"));
    EXPECT_FALSE(resolve_url("http://a.example/", "javascript:alert(1)"));
}

}  // namespace
}  // namespace haul::http
