#include <gtest/gtest.h>

#include <atomic>
#include <set>

#include "base/clock.h"
#include "base/test_folder.h"
#include "flow/collect/source/peertube/video.h"
#include "flow/collect/source/source_harness.h"

namespace haul::collect {
namespace {

using namespace std::chrono_literals;
using test::Asking;
using test::Site;

json::Ordered video(int number) {
    return {{"id", number},
            {"uuid", fmt::format("9c9de5e8-0a1e-484a-b099-{:012}", number)},
            {"name", fmt::format("Video {}", number)},
            {"url", fmt::format("https://far.example/videos/watch/{}", number)},
            {"duration", 113},
            {"publishedAt", "2018-10-01T10:52:46.396Z"},
            {"language", {{"id", "en"}, {"label", "English"}}},
            {"licence", {{"id", 2}, {"label", "Attribution - Share Alike"}}},
            {"isLive", false},
            {"channel", {{"name", "tales"}, {"host", "far.example"}, {"displayName", "Tales"}}},
            {"account", {{"name", "somebody"}, {"host", "far.example"}}}};
}

std::uint64_t start_in(const std::string& target) {
    return std::stoull(target.substr(target.find("start=") + 6));
}

std::string page_of(const std::vector<json::Ordered>& videos, std::uint64_t start, std::uint64_t count = 50) {
    json::Ordered data = json::Ordered::array();
    for (std::uint64_t i = start; i < start + count && i < videos.size(); ++i) data.push_back(videos[i]);
    return http::reply(200, json::dump(json::Ordered{{"total", videos.size()}, {"data", data}}),
                       "Content-Type: application/json; charset=utf-8\r\n");
}

SourcePlan plan_for(const Site& site) {
    return {.kind = "peertube", .url = site.url("/"), .search = {"read aloud"}};
}

TEST(PeerTube, AVideoAsItIsDescribed) {
    const clock::Fixed fixed(1s, 1'700'000'000s);
    const auto candidate = peertube::candidate_of(json::parse(json::dump(video(7)), "").value(),
                                                  "https://near.example/", "https://near.example");
    ASSERT_TRUE(candidate);
    EXPECT_EQ(
        *candidate,
        (Candidate{
            .kind = "peertube",
            .source_url = "https://near.example/",
            .item = "9c9de5e8-0a1e-484a-b099-000000000007",
            .channel = "tales@far.example",
            .channel_title = "Tales",
            .title = "Video 7",
            .page = "https://far.example/videos/watch/7",
            .duration = 113,
            .language = "en",
            .published = "2018-10-01T10:52:46.396Z",
            .licence = {.id = "CC-BY-SA-4.0",
                        .statement = "Attribution - Share Alike (licence 2)",
                        .page = "https://near.example/api/v1/videos/9c9de5e8-0a1e-484a-b099-000000000007",
                        .field = "licence.id",
                        .seen_ns = 1'700'000'000'000'000'000}}));
}

TEST(PeerTube, LicencesByNumberAndLabel) {
    const std::tuple<std::int64_t, const char*, const char*> cases[] = {
        {1, "Attribution", "CC-BY-4.0"},
        {2, "Attribution - Share Alike", "CC-BY-SA-4.0"},
        {3, "Attribution - No Derivatives", "CC-BY-ND-4.0"},
        {4, "Attribution - Non Commercial", "CC-BY-NC-4.0"},
        {5, "Attribution - Non Commercial - Share Alike", "CC-BY-NC-SA-4.0"},
        {6, "Attribution - Non Commercial - No Derivatives", "CC-BY-NC-ND-4.0"},
        {7, "Public Domain Dedication", "CC0-1.0"},
        {1, "", "CC-BY-4.0"},
        {1, "CC BY 4.0", "CC-BY-4.0"},
        // Renamed or added by a plugin.
        {1, "CC BY 3.0", ""},
        {1, "All rights reserved", ""},
        {2, "Attribution", ""},
        {8, "CC BY-SA 3.0", "CC-BY-SA-3.0"},
        {8, "Public Domain Mark", ""},
        {0, "", ""},
        {-1, "", ""},
        {99, "Attribution", ""},
    };
    for (const auto& [number, label, id] : cases) EXPECT_EQ(peertube::licence_of(number, label), id) << label;
}

// While it is paged through two videos vanish at the front and new ones appear: none of the others is missed.
TEST(PeerTube, PagingThatShiftsLosesNothing) {
    std::vector<json::Ordered> videos;
    videos.reserve(125);
    for (int i = 0; i < 120; ++i) videos.push_back(video(i));
    Site site([&videos](const std::string& target) {
        const auto answer = page_of(videos, start_in(target));
        if (start_in(target) == 0) {
            videos.erase(videos.begin(), videos.begin() + 2);
            for (int i = 120; i < 125; ++i) videos.push_back(video(i));
        }
        return answer;
    });
    const Asking asking(plan_for(site));
    const auto all = asking.search_all("read aloud");
    EXPECT_TRUE(all.end) << all.end.error().message();
    std::set<std::string> ids;
    for (const Candidate& each : all.candidates) ids.insert(id_of(each));
    EXPECT_EQ(ids.size(), 125U);
    EXPECT_GT(all.candidates.size(), ids.size());  // pages overlap
    EXPECT_EQ(
        site.asked().front(),
        "/api/v1/search/videos?search=read%20aloud&searchTarget=local&sort=publishedAt&start=0&count=50");
    EXPECT_TRUE(all.passed_over.empty());
}

TEST(PeerTube, AnEmptyResultIsTheEnd) {
    Site site([](const std::string&) { return page_of({}, 0); });
    const Asking asking(plan_for(site));
    const auto all = asking.search_all("read aloud");
    EXPECT_TRUE(all.end);
    EXPECT_EQ(all.pages, 1U);
}

TEST(PeerTube, WhatIsMissingIsPassedOverWithItsReason) {
    std::vector<json::Ordered> videos(8, video(1));
    videos[0].erase("uuid");
    videos[1]["uuid"] = "../../etc";
    videos[2].erase("channel");
    videos[3]["channel"] = {{"name", 7}, {"host", "far.example"}};
    videos[4]["isLive"] = true;
    videos[5] = "text";
    videos[6] = nullptr;
    for (const char* field : {"name", "url", "duration", "publishedAt", "language", "licence"})
        videos[7].erase(field);
    Site site([&videos](const std::string& target) { return page_of(videos, start_in(target)); });
    const Asking asking(plan_for(site));
    const auto all = asking.search_all("read aloud");
    EXPECT_TRUE(all.end) << all.end.error().message();
    ASSERT_EQ(all.candidates.size(), 1U);
    EXPECT_EQ(all.candidates[0].licence, Licence());
    EXPECT_EQ(all.candidates[0].page, site.url("/w/9c9de5e8-0a1e-484a-b099-000000000001"));
    const std::vector<std::string> reasons = {"0: no uuid",
                                              "1: no uuid",
                                              "2: no channel with name and host",
                                              "3: no channel with name and host",
                                              "4: a live stream",
                                              "5: no uuid",
                                              "6: no uuid"};
    ASSERT_EQ(all.passed_over.size(), reasons.size());
    for (std::size_t i = 0; i < reasons.size(); ++i)
        EXPECT_TRUE(all.passed_over[i].ends_with("video " + reasons[i])) << all.passed_over[i];
}

TEST(PeerTube, AChannelIsPagedThroughByItsHandle) {
    std::vector<json::Ordered> videos;
    videos.reserve(12);
    for (int i = 0; i < 12; ++i) videos.push_back(video(i));
    Site site([&videos](const std::string& target) { return page_of(videos, start_in(target)); });
    const Asking asking(plan_for(site));
    const auto all = Asking::read_all([&](const std::string& cursor) {
        return asking.source->list_channel({.channel = "tales@far.example"}, cursor, {});
    });
    EXPECT_TRUE(all.end);
    std::set<std::string> ids;
    for (const Candidate& each : all.candidates) ids.insert(each.item);
    EXPECT_EQ(ids.size(), 12U);
    EXPECT_EQ(site.asked().front(),
              "/api/v1/video-channels/tales%40far.example/videos?sort=publishedAt&start=0&count=50");
}

// name, the details' fields for files, what is chosen
struct FileCase {
    const char *name, *fields, *url;
    std::optional<std::uint64_t> size;
};
constexpr FileCase kFiles[] = {
    {"the smallest",
     R"({"files":[{"fileUrl":"http://f/720","size":900,"resolution":{"id":720}},{"fileUrl":"http://f/240","size":100,"resolution":{"id":240}}]})",
     "http://f/240", 100},
    {"sound alone first",
     R"({"files":[{"fileUrl":"http://f/240","size":100,"resolution":{"id":240}}],"streamingPlaylists":[{"files":[{"fileUrl":"http://f/0","size":500,"resolution":{"id":0}}]}]})",
     "http://f/0", 500},
    {"as newer instances say it",
     R"({"files":[],"streamingPlaylists":[{"files":[{"fileUrl":"http://f/v","size":1,"hasAudio":false,"hasVideo":true,"resolution":{"id":240}},{"fileUrl":"http://f/a","size":50,"hasAudio":true,"hasVideo":false,"resolution":{"id":0}}]}]})",
     "http://f/a", 50},
    {"a size that is not known is no small one",
     R"({"files":[{"fileUrl":"http://f/x","resolution":{"id":240}},{"fileUrl":"http://f/y","size":0},{"fileUrl":"http://f/z","size":7,"resolution":{"id":1080}}]})",
     "http://f/z", 7},
    {"none has an address", R"({"files":[{"fileUrl":null,"size":7},{"size":7},7,null]})", "", {}},
    {"no lists", R"({"files":7,"streamingPlaylists":[7,{"files":{}}]})", "", {}},
    {"nothing", "{}", "", {}},
    {"no object", "[]", "", {}},
};

TEST(PeerTube, TheSmallestFileWithSoundIsTaken) {
    for (const FileCase& row : kFiles) {
        const auto file = peertube::smallest_sound(json::parse(row.fields, "").value());
        EXPECT_EQ(file ? file->url : "", row.url) << row.name;
        EXPECT_EQ(file ? file->size : std::nullopt, row.size) << row.name;
    }
}

class PeerTubeDetails : public testing::Test {
  protected:
    json::Ordered details = video(1);
    Site site{[this](const std::string& target) {
        if (target.starts_with("/media")) return http::reply(200, "sound", "Content-Type: video/mp4\r\n");
        return http::reply(200, json::dump(details));
    }};
    Asking asking{plan_for(site)};
    Candidate found{.kind = "peertube",
                    .source_url = site.url("/"),
                    .item = "9c9de5e8-0a1e-484a-b099-000000000001",
                    .channel = "tales@far.example"};
};

TEST_F(PeerTubeDetails, GiveTheMedia) {
    details["files"] = {{{"fileUrl", site.url("/media/1.mp4")}, {"size", 5}}};
    details["privacy"] = {{"id", 1}, {"label", "Public"}};
    details["channel"]["host"] = "moved.example";
    const auto described = asking.source->describe(found, {});
    ASSERT_TRUE(described) << described.error().message();
    EXPECT_EQ(described->media, site.url("/media/1.mp4"));
    EXPECT_EQ(described->size, 5U);
    EXPECT_EQ(described->title, "Video 1");
    EXPECT_EQ(described->channel, "tales@far.example");
    EXPECT_EQ(id_of(*described), id_of(found));
    EXPECT_EQ(site.asked().front(), "/api/v1/videos/9c9de5e8-0a1e-484a-b099-000000000001");
    const haul::test::Folder folder;
    const auto fetched = asking.source->fetch(*described, {.path = folder.path("x")}, {});
    ASSERT_TRUE(fetched) << fetched.error().message();
    EXPECT_EQ(fetched->extension, "mp4");
}

TEST_F(PeerTubeDetails, SayWhyThereIsNothing) {
    EXPECT_EQ(asking.source->describe(found, {}).error().code, Code::unsupported);
    details["files"] = {{{"fileUrl", site.url("/media/1.mp4")}}};
    details["privacy"] = {{"id", 2}};
    EXPECT_EQ(asking.source->describe(found, {}).error().code, Code::denied);
    details["privacy"] = {{"id", 1}};
    details["uuid"] = video(2)["uuid"];
    EXPECT_EQ(asking.source->describe(found, {}).error().code, Code::corrupt);
    details = json::Ordered::array();
    EXPECT_EQ(asking.source->describe(found, {}).error().code, Code::corrupt);
}

TEST(PeerTube, ErrorsAreWhatTheInstanceSaid) {
    const std::tuple<int, const char*, const char*, Code> cases[] = {
        {404, "{}", "", Code::not_found},          {429, "{}", "Retry-After: 10\r\n", Code::unavailable},
        {500, "{}", "", Code::unavailable},        {200, "<html></html>", "", Code::corrupt},
        {200, "{\"total\":0}", "", Code::corrupt}, {200, "[]", "", Code::corrupt},
        {200, "{\"data\":{}}", "", Code::corrupt},
    };
    for (const auto& [status, body, headers, code] : cases) {
        Site site([&](const std::string&) { return http::reply(status, body, headers); });
        const Asking asking(plan_for(site));
        const auto found = asking.source->search("read aloud", "", {});
        ASSERT_FALSE(found) << body;
        EXPECT_EQ(found.error().code, code) << found.error().message();
        EXPECT_EQ(found.error().retry_after.has_value(), status == 429);
    }
}

TEST(PeerTube, AnInstanceThatDoesNotPageIsReadOnce) {
    std::vector<json::Ordered> videos;
    videos.reserve(80);
    for (int i = 0; i < 80; ++i) videos.push_back(video(i));
    Site site([&videos](const std::string&) { return page_of(videos, 0); });
    const Asking asking(plan_for(site));
    const auto all = Asking::read_all(
        [&](const std::string& cursor) { return asking.source->search("read aloud", cursor, {}); });
    EXPECT_TRUE(all.end);
    EXPECT_EQ(site.asked().size(), 2U);
}

TEST(PeerTube, ACursorIsANumber) {
    Site site([](const std::string&) { return page_of({}, 0); });
    const Asking asking(plan_for(site));
    for (const char* cursor : {"x", "-1", "99999999999999999999", "9999999999999"})
        EXPECT_EQ(asking.source->search("read aloud", cursor, {}).error().code, Code::corrupt) << cursor;
    EXPECT_TRUE(site.asked().empty());
}

}  // namespace
}  // namespace haul::collect
