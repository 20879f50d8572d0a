#include "flow/collect/source/feed/read.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "base/clock.h"

namespace haul::collect::feed {
namespace {

using namespace std::chrono_literals;

constexpr const char* kSource = "https://a.example/feed";
constexpr const char* kPage = "https://a.example/pods/feed.xml";

Page read_well(const std::string& xml) {
    auto page = read(xml, kSource, kPage);
    EXPECT_TRUE(page) << page.error().message();
    return page ? *std::move(page) : Page{};
}

std::string rss(const std::string& channel) {
    return R"(<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:it="http://www.itunes.com/dtds/podcast-1.0.dtd"
  xmlns:pod="https://podcastindex.org/namespace/1.0" xmlns:cc="http://creativecommons.org/ns#"
  xmlns:creativeCommons="http://backend.userland.com/creativeCommonsRssModule"
  xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>)" +
           channel + "</channel></rss>";
}

const std::string kItem = R"(<item><guid>g</guid><enclosure url="a.mp3" type="audio/mpeg" length="7"/>)";

TEST(FeedRead, RssWithAllThatAPodcastHas) {
    const clock::Fixed fixed(1s, 1'700'000'000s);
    const Page page = read_well(rss(R"(
<title>Tales &amp; <![CDATA[<songs>]]></title><language>de-DE</language>
<pod:license url="https://creativecommons.org/licenses/by/4.0/">cc-by-4.0</pod:license>
<item><title>One</title><link>https://a.example/1</link><guid isPermaLink="false"> guid-1 </guid>
<pubDate>Wed, 02 Oct 2002 15:00:00 +0200</pubDate><it:duration>1:02:03</it:duration>
<enclosure url="../media/one two.mp3" length="12345" type="audio/mpeg"/></item>
<item><title>Two</title><enclosure url="https://b.example/2.m4a" length="0" type="audio/x-m4a"/></item>)"));
    ASSERT_EQ(page.candidates.size(), 2U);
    EXPECT_TRUE(page.passed_over.empty());
    EXPECT_EQ(page.candidates[0],
              (Candidate{.kind = "feed",
                         .source_url = kSource,
                         .item = "guid-1",
                         .channel = kSource,
                         .channel_title = "Tales & <songs>",
                         .title = "One",
                         .page = "https://a.example/1",
                         .media = "https://a.example/media/one%20two.mp3",
                         .media_type = "audio/mpeg",
                         .duration = 3723.0,
                         .size = 12345,
                         .language = "de",
                         .published = "2002-10-02T13:00:00.000Z",
                         .licence = {.id = "CC-BY-4.0",
                                     .statement = "cc-by-4.0 (https://creativecommons.org/licenses/by/4.0/)",
                                     .page = kPage,
                                     .field = "channel/pod:license",
                                     .seen_ns = 1'700'000'000'000'000'000}}));
    EXPECT_EQ(page.candidates[1].item, "https://b.example/2.m4a");  // no guid
    EXPECT_EQ(page.candidates[1].size, std::nullopt);
}

TEST(FeedRead, Atom) {
    const Page page = read_well(R"(<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr">
<title>Contes</title><link rel="next" href="?page=2"/><rights>CC BY-SA 4.0</rights>
<entry xml:lang="en-GB"><id>urn:1</id><title type="html">Un</title><link href="/un"/>
<published>2003-12-13T18:30:02Z</published>
<link rel="enclosure" type="video/mp4" length="9" href="un.mp4"/>
<link rel="enclosure" type="audio/ogg" href="un.ogg"/></entry>
<entry><id>urn:2</id><link rel="enclosure" href="deux.opus"/>
<link rel="license" href="http://creativecommons.org/licenses/by-nc/4.0/"/></entry></feed>)");
    ASSERT_EQ(page.candidates.size(), 2U);
    const Candidate& one = page.candidates[0];
    EXPECT_EQ(one.item, "urn:1");
    EXPECT_EQ(one.media, "https://a.example/pods/un.ogg");  // sound before pictures
    EXPECT_EQ(one.page, "https://a.example/un");
    EXPECT_EQ(one.language, "en");
    EXPECT_EQ(one.published, "2003-12-13T18:30:02Z");
    EXPECT_EQ(one.licence.id, "CC-BY-SA-4.0");
    EXPECT_EQ(one.licence.field, "feed/rights");
    EXPECT_EQ(page.candidates[1].language, "fr");
    EXPECT_EQ(page.candidates[1].licence.id, "CC-BY-NC-4.0");
    EXPECT_EQ(page.candidates[1].licence.field, "entry/link");
    EXPECT_EQ(page.next, "https://a.example/pods/feed.xml?page=2");
}

struct LicenceCase {
    const char *channel, *item, *id, *field;
};

TEST(FeedRead, LicencesOfItemsGoBeforeThoseOfTheirChannel) {
    constexpr const char* kBy =
        "<creativeCommons:license>http://creativecommons.org/licenses/by/4.0/</creativeCommons:license>";
    constexpr const char* kSa = "<pod:license>CC-BY-SA-4.0</pod:license>";
    constexpr const char* kOwn = "<pod:license url=\"https://a.example/mine\">my-licence</pod:license>";
    constexpr const char* kRights = "<copyright>All rights reserved</copyright>";
    const LicenceCase cases[] = {
        {"", "", "", ""},
        {kBy, "", "CC-BY-4.0", "channel/creativeCommons:license"},
        {kBy, kSa, "CC-BY-SA-4.0", "item/pod:license"},
        {kBy, kOwn, "", "item/pod:license"},  // said, and not understood: not the channel's
        {kRights, "", "", "channel/copyright"},
        {kRights, kSa, "CC-BY-SA-4.0", "item/pod:license"},
        {"<copyright>CC BY 4.0</copyright>", "", "CC-BY-4.0", "channel/copyright"},
        {"<copyright>(c) Somebody</copyright><pod:license>cc0-1.0</pod:license>", "", "CC0-1.0",
         "channel/pod:license"},
        {kBy, "<dc:rights>All rights reserved</dc:rights>", "", "item/dc:rights"},
        {"<cc:license rdf:resource=\"http://creativecommons.org/licenses/by-nd/3.0/\"/>", "", "CC-BY-ND-3.0",
         "channel/cc:license"},
        {"<cc:license/>", "", "", ""},
        // Contradictions are no licence.
        {"<pod:license>cc-by-4.0</pod:license><cc:license>http://creativecommons.org/licenses/by-nd/4.0/</"
         "cc:license>",
         "", "", "channel/pod:license"},
        {"<pod:license url=\"http://creativecommons.org/licenses/by-nd/4.0/\">cc-by-4.0</pod:license>", "",
         "", "channel/pod:license"},
        {"<pod:license>cc-by-4.0</pod:license><cc:license>http://creativecommons.org/licenses/by/4.0/</"
         "cc:license>",
         "", "CC-BY-4.0", "channel/pod:license"},
        {"<license>CC-BY-4.0</license>", "", "", ""},  // of no namespace that we know
    };
    for (const auto& row : cases) {
        SCOPED_TRACE(std::string(row.channel) + row.item);
        const Page page = read_well(rss(row.channel + kItem + row.item + "</item>"));
        ASSERT_EQ(page.candidates.size(), 1U);
        const Licence& licence = page.candidates[0].licence;
        EXPECT_EQ(licence.id, row.id);
        EXPECT_EQ(licence.field, row.field);
        EXPECT_EQ(licence.page.empty(), licence.statement.empty());
        EXPECT_EQ(licence.seen_ns == 0, licence.statement.empty());
    }
}

TEST(FeedRead, WhatIsNoCandidateIsSaid) {
    const Page page = read_well(rss(kItem + "</item>" + kItem + "<title>again</title></item>" +
                                    R"(<item><title>text
only</title></item>
<item><enclosure url="a.pdf" type="application/pdf"/></item>
<item><enclosure url="a.jpg" type="image/jpeg"/></item>
<item><enclosure url="" type="audio/mpeg"/></item>
<item><enclosure url="javascript:x" type="audio/mpeg"/></item>
<item><guid>)" + std::string(3000, 'g') +
                                    R"(</guid><enclosure url="b.mp3"/></item>
<item><enclosure url="c.MP3?x" type="application/octet-stream" length="-1"/></item>)"));
    ASSERT_EQ(page.candidates.size(), 2U);
    EXPECT_EQ(page.candidates[1].media, "https://a.example/pods/c.MP3?x");
    EXPECT_EQ(page.candidates[1].size, std::nullopt);
    const std::string nothing = ": nothing to hear in it: no enclosure of audio or video";
    const std::string front = std::string(kPage) + ", item ";
    EXPECT_EQ(page.passed_over,
              (std::vector<std::string>{
                  front + "2 (again): its guid stands in the feed twice", front + "3 (text\\nonly)" + nothing,
                  front + "4 (without title)" + nothing, front + "5 (without title)" + nothing,
                  front + "6 (without title)" + nothing, front + "7 (without title)" + nothing,
                  front + "8 (without title): its guid is longer than any name"}));
}

TEST(FeedRead, WhatAllItemsHaveIsShort) {
    const std::string long_text(2'000'000, 'x');
    std::string items;
    for (int n = 0; n < 1000; ++n)
        items += "<item><guid>g" + std::to_string(n) +
                 R"(</guid><enclosure url="a.mp3" type="audio/mpeg"/></item>)";
    const Page page = read_well(rss("<title>\xc3\xa4" + long_text + "</title><language>" + long_text +
                                    "</language><copyright>" + long_text + "</copyright>" + items));
    ASSERT_EQ(page.candidates.size(), 1000U);
    std::size_t bytes = 0;
    for (const Candidate& one : page.candidates)
        bytes += one.channel_title.size() + one.language.size() + one.licence.statement.size();
    EXPECT_LT(bytes, 2'000'000U);
    EXPECT_TRUE(page.candidates.back().channel_title.starts_with("\xc3\xa4xxx"));
}

TEST(FeedRead, AMillionTinyItemsAreNoFeed) {
    std::string items;
    for (int n = 0; n < 50'001; ++n) items += "<item/>";
    const auto page = read(rss(items), kSource, std::string(kPage) + "?secret=1");
    ASSERT_FALSE(page);
    EXPECT_EQ(page.error().code, Code::corrupt);
    EXPECT_EQ(page.error().subject, kPage);
    EXPECT_NE(page.error().detail.find("50000"), std::string::npos);
}

TEST(FeedRead, PrefixesAreAnyAndMayBeMissing) {
    const Page page =
        read_well(R"(<rss version="2.0"><channel xmlns:x="https://podcastindex.org/namespace/1.0">
<x:license>CC-BY-4.0</x:license><item><enclosure url="a.mp3" type="audio/mpeg"/><itunes:duration>60</itunes:duration>
</item></channel></rss>)");
    ASSERT_EQ(page.candidates.size(), 1U);
    EXPECT_EQ(page.candidates[0].licence.id, "CC-BY-4.0");
    EXPECT_EQ(page.candidates[0].duration, 60.0);
    // A prefix that stands for something else is not what it is called.
    const Page other = read_well(R"(<rss version="2.0" xmlns:podcast="https://other.example/"><channel>
<podcast:license>CC-BY-4.0</podcast:license>)" +
                                 kItem + "</item></channel></rss>");
    EXPECT_EQ(other.candidates.at(0).licence, Licence());
}

TEST(FeedRead, TextIsUtf8WhateverStood) {
    const Page page = read_well("<rss><channel><title>caf\xE9</title>" + kItem +
                                "<title>\xC3\xA9</title></item></channel></rss>");
    EXPECT_EQ(page.candidates.at(0).channel_title, "caf\xC3\xA9");
    EXPECT_EQ(page.candidates.at(0).title, "\xC3\xA9");
}

std::string nested(int depth, const char* open, const char* close) {
    std::string text;
    for (int i = 0; i < depth; ++i) text += open;
    for (int i = 0; i < depth; ++i) text += close;
    return text;
}

TEST(FeedRead, HostileTextIsAnError) {
    const std::pair<std::string, const char*> cases[] = {
        {"", "no XML: "},
        {"no xml", "no XML: "},
        {"<html><body>hello</body></html>", "neither RSS 2.0 nor Atom: its root is <html>"},
        {"<rss version='2.0'></rss>", "an RSS feed without channel"},
        {"<rss><channel><item>", "no XML: "},
        {nested(300'000, "<a>", "</a>"), "neither RSS 2.0 nor Atom: its root is <a>"},
        {"<rss><channel>" + nested(900'000, "<a>", "</a>") + "</channel></rss>",
         "more elements than any feed has"},
        {"<rss " + std::string(1'600'000, '=') + "/>", "more elements than any feed has"},
        {"<" + std::string(1'000'000, 'r') + "/>", "neither RSS 2.0 nor Atom: its root is <rrr"},
    };
    for (const auto& [xml, detail] : cases) {
        const auto page = read(xml, kSource, kPage);
        ASSERT_FALSE(page) << detail;
        EXPECT_EQ(page.error().code, Code::corrupt);
        EXPECT_EQ(page.error().subject, kPage);
        EXPECT_TRUE(page.error().detail.starts_with(detail)) << page.error().detail;
        EXPECT_LT(page.error().detail.size(), 300U);
    }
}

TEST(FeedRead, EntitiesAreNotExpandedAndNothingIsFetched) {
    const Page page = read_well(R"(<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>
<rss><channel><title>&b;&f;</title>)" +
                                kItem + "</item></channel></rss>");
    EXPECT_EQ(page.candidates.at(0).channel_title, "&b;&f;");
}

TEST(FeedRead, DeepNestingInAnItemIsNoMatter) {
    const Page page = read_well(rss(kItem + nested(200'000, "<d>", "</d>") + "</item>"));
    EXPECT_EQ(page.candidates.size(), 1U);
}

RC_GTEST_PROP(FeedRead, AnyTextIsTaken, (const std::string& channel)) {
    const auto page = read(rss(channel), kSource, kPage);
    RC_ASSERT(page || page.error().code == Code::corrupt);
}

}  // namespace
}  // namespace haul::collect::feed
