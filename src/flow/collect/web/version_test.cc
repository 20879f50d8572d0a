#include "flow/collect/web/version.h"

#include <gtest/gtest.h>

#include "flow/collect/web/media_type.h"

namespace haul::collect {
namespace {

using Headers = std::vector<http::Header>;

TEST(WebVersion, ValidatorsAreThoseThatIfRangeMayName) {
    constexpr const char* kOld = "Sun, 06 Nov 1994 08:49:37 GMT";
    const std::pair<Headers, const char*> cases[] = {
        {{{"etag", "\"a\""}, {"last-modified", kOld}}, "\"a\""},
        {{{"etag", "W/\"a\""}, {"last-modified", kOld}, {"date", "Sun, 06 Nov 1994 08:50:37 GMT"}}, kOld},
        {{{"last-modified", kOld}, {"date", "Sun, 06 Nov 1994 08:50:36 GMT"}}, ""},  // may change again
        {{{"last-modified", kOld}}, ""},
        {{{"etag", "a"}, {"last-modified", "x"}, {"date", kOld}}, ""},
        {{{"etag", "\""}}, ""},
        {{}, ""},
    };
    for (const auto& [headers, validator] : cases)
        EXPECT_EQ(validator_of({.status = 200, .headers = headers}), validator);
}

TEST(WebVersion, AnotherVersionIsSeen) {
    EXPECT_TRUE(may_be_version({.headers = {{"etag", "\"a\""}}}, "\"a\""));
    EXPECT_FALSE(may_be_version({.headers = {{"etag", "\"b\""}}}, "\"a\""));
    EXPECT_FALSE(may_be_version({.headers = {{"etag", "W/\"a\""}}}, "\"a\""));
    EXPECT_TRUE(may_be_version({}, "\"a\""));
    EXPECT_FALSE(may_be_version({.headers = {{"last-modified", "x"}}}, "y"));
    EXPECT_TRUE(may_be_version({.headers = {{"last-modified", "y"}, {"etag", "\"new\""}}}, "y"));
}

TEST(WebVersion, PartsAreRead) {
    const auto read = [](const char* text) { return part_of({.headers = {{"content-range", text}}}); };
    const auto part = read("bytes 5-9/20");
    ASSERT_TRUE(part);
    EXPECT_EQ(part->first, 5U);
    EXPECT_EQ(part->size(), 5U);
    EXPECT_EQ(part->total, 20U);
    EXPECT_EQ(read("bytes 0-0/*").value().total, std::nullopt);
    for (const char* bad : {"", "bytes", "bytes 9-5/20", "bytes 5-20/20", "bytes 5-/20", "bytes 5-9",
                            "bytes a-b/c", "items 5-9/20", "bytes */20", "bytes 5-9/20, 30-40/50",
                            "bytes 99999999999999999999-1/2", "bytes -1-9/20"})
        EXPECT_FALSE(read(bad)) << bad;
    EXPECT_EQ(total_of_unsatisfied({.headers = {{"content-range", "bytes */20"}}}), 20U);
    EXPECT_EQ(total_of_unsatisfied({.headers = {{"content-range", "bytes 1-2/20"}}}), std::nullopt);
    EXPECT_EQ(total_of_unsatisfied({}), std::nullopt);
}

TEST(WebMediaType, SaysTheEnding) {
    const struct {
        const char *type, *url, *extension;
    } cases[] = {
        {"audio/mpeg", "http://a/b", "mp3"},
        {"audio/mpeg", "http://a/b.ogg", "mp3"},
        {"application/octet-stream", "http://a/b.OGG?c=d.mp3#e", "ogg"},
        {"", "http://a.mp3/b", "bin"},
        {"", "http://a/b.exe", "bin"},
        {"binary/octet-stream", "http://a/x.y/b.m4b", "m4b"},
        {"", "http://a/b.", "bin"},
    };
    for (const auto& row : cases) EXPECT_EQ(extension_of(row.type, row.url), row.extension) << row.url;
    EXPECT_EQ(media_type_of("Audio/MPEG ; charset=x"), "audio/mpeg");
    EXPECT_TRUE(is_page(media_type_of("text/html;charset=utf-8")));
    EXPECT_FALSE(is_page("text/plain"));
}

}  // namespace
}  // namespace haul::collect
