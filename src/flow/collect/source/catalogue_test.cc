#include <gtest/gtest.h>

#include "flow/collect/source/source_harness.h"

namespace haul::collect {
namespace {

TEST(SourceCatalogue, KindsThatAreNotThereNameTheirLine) {
    Web web({});
    for (const char* kind : {"archive", "nonsense", ""}) {
        const auto source = make_source({.kind = kind, .line = 7}, {.web = web, .scratch = {}});
        ASSERT_FALSE(source);
        EXPECT_EQ(source.error().code, Code::usage);
        EXPECT_EQ(source.error().detail, fmt::format("line 7: the source {} is not yet supported", kind));
        EXPECT_FALSE(source.error().remedy.empty());
    }
}

TEST(SourceCatalogue, SaysWhatWouldBeAsked) {
    const test::Asking feed({.kind = "feed", .url = "https://a.example/feed.xml?key=secret"});
    EXPECT_EQ(feed.source->searches(), std::vector<std::string>{"https://a.example/feed.xml?key=secret"});
    EXPECT_EQ(feed.source->would_ask(),
              std::vector<std::string>{"GET https://a.example/feed.xml (a feed, and its pages)"});
    const test::Asking tube(
        {.kind = "peertube", .url = "https://b.example/", .search = {"read aloud", "\xC3\xA9"}});
    EXPECT_EQ(tube.source->searches(), (std::vector<std::string>{"read aloud", "\xC3\xA9"}));
    EXPECT_EQ(tube.source->would_ask(),
              (std::vector<std::string>{
                  "GET https://b.example/api/v1/search/videos?search=read%20aloud&searchTarget=local&"
                  "sort=publishedAt (in pages)",
                  "GET https://b.example/api/v1/search/videos?search=%C3%A9&searchTarget=local&"
                  "sort=publishedAt (in pages)"}));
}

TEST(SourceCatalogue, OtherSearchesAreRefused) {
    const test::Asking feed({.kind = "feed", .url = "https://a.example/feed.xml"});
    const test::Asking tube({.kind = "peertube", .url = "https://b.example", .search = {"a"}});
    for (const auto* each : {&feed, &tube})
        EXPECT_EQ(each->source->search("b", "", {}).error().code, Code::usage);
}

}  // namespace
}  // namespace haul::collect
