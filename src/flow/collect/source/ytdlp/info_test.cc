#include "flow/collect/source/ytdlp/info.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace haul::collect {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

const std::string kList = "https://media.example.org/list";

FoundPage found(const char* info, std::size_t start = 1, std::size_t asked = 100) {
    const auto page = found_in(*json::parse(info, "test"), kList, start, asked);
    EXPECT_TRUE(page) << page.error().message();
    return page.value_or(FoundPage());
}

TEST(YtdlpInfo, AListAndWhatIsNoItemInIt) {
    const FoundPage page = found(R"({"_type": "playlist", "id": "L", "title": "Tales", "channel_id": "C1",
        "channel": "A library", "entries": [
        {"_type": "url", "ie_key": "Vimeo", "id": "7", "url": "https://vimeo.example.org/7", "title": "One",
         "duration": 61.5, "language": "de-AT"},
        {"_type": "url_transparent", "url": "https://media.example.org/a.ogg#__youtubedl_smuggle=%7B%7D", "title": "Two", "duration": null},
        null,
        {"_type": "url", "ie_key": "YoutubeTab", "url": "https://media.example.org/inner"},
        {"_type": "url", "id": "9", "url": "file:///etc/passwd"},
        {"_type": "playlist", "entries": [{"url": "https://media.example.org/b.ogg", "title": "Three"}]}]})");
    ASSERT_THAT(page.candidates, SizeIs(3));
    const Candidate& one = page.candidates[0];
    EXPECT_EQ(one.kind, "yt-dlp");
    EXPECT_EQ(one.source_url, kList);
    EXPECT_EQ(one.item, "Vimeo 7");
    EXPECT_EQ(one.channel, "C1");
    EXPECT_EQ(one.channel_title, "A library");
    EXPECT_EQ(one.duration, 61.5);
    EXPECT_EQ(one.language, "de");
    EXPECT_EQ(one.page, "https://vimeo.example.org/7");
    EXPECT_EQ(one.media, "") << "it is described first";
    EXPECT_EQ(page.candidates[1].item, "https://media.example.org/a.ogg");
    EXPECT_FALSE(page.candidates[1].duration);
    EXPECT_EQ(page.candidates[2].title, "Three");
    EXPECT_THAT(page.passed_over, ElementsAre(HasSubstr("hidden"), HasSubstr("a list within"),
                                              HasSubstr("without an address")));
    EXPECT_TRUE(page.last);
}

TEST(YtdlpInfo, AnItemByItself) {
    const FoundPage page = found(R"({"id": "a0", "title": "a0", "extractor_key": "Generic", "ext": "ogg",
        "webpage_url": "https://media.example.org/a0.ogg", "timestamp": 1796028438,
        "license": "https://creativecommons.org/licenses/by/4.0/"})");
    ASSERT_THAT(page.candidates, SizeIs(1));
    const Candidate& one = page.candidates[0];
    EXPECT_EQ(one.item, "https://media.example.org/a0.ogg");
    EXPECT_EQ(one.channel, kList) << "never empty";
    EXPECT_EQ(one.published, "2026-11-30T08:47:18Z");
    EXPECT_EQ(one.licence.id, "CC-BY-4.0");
    EXPECT_EQ(one.licence.field, "license");
    EXPECT_TRUE(page.last);
}

TEST(YtdlpInfo, PagesGoOnWhileTheyAreFull) {
    const char* two =
        R"({"_type": "playlist", "entries": [{"url": "https://e.org/1"}, {"url": "https://e.org/2"}]})";
    const FoundPage full = found(two, 5, 2);
    EXPECT_FALSE(full.last);
    EXPECT_EQ(full.cursor, "7");
    EXPECT_TRUE(found(two, 5, 3).last);
    EXPECT_TRUE(found(R"({"_type": "playlist", "entries": []})").last);
    EXPECT_EQ(found_in(nullptr, kList, 1, 100).error().code, Code::corrupt);
}

TEST(YtdlpInfo, OnlyWhatIsOneFile) {
    const auto media = [](const char* info) { return direct_media(*json::parse(info, "test"), "x"); };
    const auto good =
        media(R"({"url": "https://e.org/a", "protocol": "https", "ext": "m4a", "filesize": 12345})");
    ASSERT_TRUE(good);
    EXPECT_EQ(good->url, "https://e.org/a");
    EXPECT_EQ(good->extension, "m4a");
    EXPECT_EQ(good->size, 12345U);
    for (const char* bad :
         {R"({"url": "https://e.org/a.m3u8", "protocol": "m3u8_native"})", R"({"protocol": "https"})",
          R"({"url": "file:///etc/passwd", "protocol": "https"})", R"({})"})
        EXPECT_EQ(media(bad).error().code, Code::unsupported) << bad;
}

TEST(YtdlpInfo, KnowsYouTube) {
    for (const char* url :
         {"https://www.youtube.com/watch?v=x", "http://youtu.be/x", "https://m.YOUTUBE.com/c",
          "https://www.youtube-nocookie.com/embed/x", "https://rr1.googlevideo.com/x"})
        EXPECT_TRUE(is_youtube(std::string(url))) << url;
    for (const char* url :
         {"https://notyoutube.com/", "https://youtube.com.example.org/", "https://e.org/youtube.com"})
        EXPECT_FALSE(is_youtube(std::string(url))) << url;
    EXPECT_TRUE(is_youtube(*json::parse(R"({"extractor_key": "YoutubeTab"})", "test")));
    EXPECT_FALSE(is_youtube(*json::parse(R"({"extractor_key": "Generic"})", "test")));
    EXPECT_FALSE(is_youtube(json::Value(nullptr)));
}

}  // namespace
}  // namespace haul::collect
