#include <gtest/gtest.h>

#include "base/test_folder.h"
#include "flow/collect/source/source_harness.h"

namespace haul::collect {
namespace {

using test::Asking;
using test::Site;

// Items FIRST to LAST, and a link to the page behind.
std::string feed(int first, int last, const std::string& next) {
    std::string xml =
        "<rss version=\"2.0\" xmlns:atom=\"http://www.w3.org/2005/Atom\"><channel><title>T</title>";
    if (!next.empty()) xml += fmt::format("<atom:link rel=\"next\" href=\"{}\"/>", next);
    for (int i = first; i <= last; ++i)
        xml += fmt::format(
            "<item><guid>{0}</guid><enclosure url=\"/m/{0}.mp3\" type=\"audio/mpeg\" length=\"4\"/></item>",
            i);
    return http::reply(200, xml + "</channel></rss>", "Content-Type: application/rss+xml\r\n");
}

std::vector<std::string> items(const std::vector<Candidate>& candidates) {
    std::vector<std::string> items;
    items.reserve(candidates.size());
    for (const Candidate& each : candidates) items.push_back(each.item);
    return items;
}

TEST(FeedSource, IsReadPageByPage) {
    Site site([](const std::string& target) {
        if (target == "/feed") return feed(1, 2, "/feed?page=2");
        if (target == "/feed?page=2") return feed(2, 3, "?page=3");  // an item that moved to the next page
        return target == "/feed?page=3" ? feed(4, 4, "") : http::reply(404, "");
    });
    const Asking asking({.kind = "feed", .url = site.url("/feed")});
    const auto all = asking.search_all(site.url("/feed"));
    EXPECT_TRUE(all.end) << all.end.error().message();
    EXPECT_EQ(items(all.candidates), (std::vector<std::string>{"1", "2", "2", "3", "4"}));
    EXPECT_EQ(id_of(all.candidates[1]), id_of(all.candidates[2]));
    EXPECT_EQ(all.pages, 3U);
    EXPECT_TRUE(all.passed_over.empty());
    for (const Candidate& each : all.candidates) EXPECT_EQ(each.channel, site.url("/feed"));
}

TEST(FeedSource, ARingOfPagesEndsAndIsSaid) {
    for (const bool self : {true, false}) {
        Site site([self](const std::string& target) {
            return target == "/feed" ? feed(1, 1, self ? "/feed" : "/two") : feed(2, 2, "/feed#x");
        });
        const Asking asking({.kind = "feed", .url = site.url("/feed")});
        const auto all = asking.search_all(site.url("/feed"));
        EXPECT_TRUE(all.end);
        EXPECT_EQ(all.pages, self ? 1U : 2U);
        ASSERT_EQ(all.passed_over.size(), 1U);
        EXPECT_TRUE(all.passed_over[0].ends_with("/feed, was read already")) << all.passed_over[0];
    }
}

TEST(FeedSource, GoesOnInAnotherProcess) {
    Site site([](const std::string& target) {
        return target == "/feed" ? feed(1, 1, "/two") : feed(2, 2, "/feed");
    });
    const std::string url = site.url("/feed");
    const auto first = Asking({.kind = "feed", .url = url}).source->search(url, "", {});
    ASSERT_TRUE(first);
    EXPECT_FALSE(first->last);
    const auto second = Asking({.kind = "feed", .url = url}).source->search(url, first->cursor, {});
    ASSERT_TRUE(second) << second.error().message();
    EXPECT_TRUE(second->last);
    EXPECT_EQ(items(second->candidates), std::vector<std::string>{"2"});
    const auto bad = Asking({.kind = "feed", .url = url}).source->search(url, "nonsense", {});
    EXPECT_EQ(bad.error().code, Code::corrupt);
}

TEST(FeedSource, ErrorsAreWhatTheHostSaid) {
    Site site([](const std::string& target) {
        if (target == "/gone") return http::reply(410, "");
        if (target == "/busy") return http::reply(429, "", "Retry-After: 60\r\n");
        return http::reply(200, "<html></html>", "Content-Type: text/html\r\n");
    });
    const std::pair<const char*, Code> cases[] = {
        {"/gone", Code::not_found}, {"/page", Code::corrupt}, {"/busy", Code::unavailable}};
    for (const auto& [path, code] : cases) {
        const Asking asking({.kind = "feed", .url = site.url(path)});
        EXPECT_EQ(asking.search_all(site.url(path)).end.error().code, code) << path;
    }
}

TEST(FeedSource, ItemsAreFetchedAsTheyStand) {
    Site site([](const std::string& target) {
        return target == "/feed" ? feed(1, 1, "") : http::reply(200, "song", "Content-Type: audio/mpeg\r\n");
    });
    const Asking asking({.kind = "feed", .url = site.url("/feed")});
    auto all = asking.search_all(site.url("/feed"));
    ASSERT_EQ(all.candidates.size(), 1U);
    EXPECT_EQ(asking.source->describe(all.candidates[0], {}).value(), all.candidates[0]);
    const auto channel = asking.source->list_channel(all.candidates[0], "", {});
    EXPECT_TRUE(channel->last && channel->candidates.empty());
    const haul::test::Folder folder;
    const auto fetched = asking.source->fetch(all.candidates[0], {.path = folder.path("x")}, {});
    ASSERT_TRUE(fetched) << fetched.error().message();
    EXPECT_EQ(fetched->bytes, 4U);
    EXPECT_EQ(fetched->url, site.url("/m/1.mp3"));
    all.candidates[0].media.clear();
    EXPECT_EQ(asking.source->describe(all.candidates[0], {}).error().code, Code::corrupt);
}

}  // namespace
}  // namespace haul::collect
