#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "base/test_folder.h"
#include "flow/collect/web/media_server.h"
#include "flow/collect/web/web.h"

namespace haul::collect {
namespace {

using namespace std::chrono_literals;
using test::Behaviour;
using test::MediaServer;

std::string sound(std::size_t size, unsigned seed = 1) {
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>((i * 31 + seed * 7) >> 3U);
    return bytes;
}

class WebFetch : public testing::Test {
  protected:
    Result<Fetched> fetch(const MediaServer& server, FetchTo to = {}, Web::Media media = {}) {
        return fetch(server.url(), std::move(to), std::move(media));
    }
    Result<Fetched> fetch(const std::string& url, FetchTo to = {}, Web::Media media = {}) {
        if (to.path.empty()) to.path = path;
        if (media.url.empty()) media.url = url;
        if (!to.begun) {
            to.begun = [this](const std::string& validator) {
                begun.push_back(validator);
                return Status();
            };
        }
        return web.fetch(media, to, {});
    }
    [[nodiscard]] std::string content() const { return file::read_whole(path, 1U << 30U).value(); }
    void put(std::string_view bytes) const { std::ofstream(path, std::ios::binary) << bytes; }

    haul::test::Folder folder;
    std::string path = folder.path("item");
    std::vector<std::string> begun;
    Web web{{.requests_per_second = 1e6, .allow_private = true}};
};

TEST_F(WebFetch, WholeItems) {
    MediaServer server({.body = sound(3'000'000)});
    put("what lay there");
    std::uint64_t told = 0;
    const auto fetched = fetch(server, {.progress = [&told](std::uint64_t bytes) { told = bytes; }});
    ASSERT_TRUE(fetched) << fetched.error().message();
    EXPECT_EQ(content(), sound(3'000'000));
    EXPECT_EQ(fetched->bytes, 3'000'000U);
    EXPECT_EQ(fetched->received, 3'000'000U);
    EXPECT_TRUE(fetched->whole);
    EXPECT_EQ(fetched->validator, "\"v1\"");
    EXPECT_EQ(fetched->type, "audio/mpeg");
    EXPECT_EQ(fetched->extension, "mp3");
    EXPECT_EQ(fetched->url, server.url());
    EXPECT_EQ(begun, std::vector<std::string>{"\"v1\""});
    EXPECT_EQ(server.asked(), std::vector<std::string>{""});
    EXPECT_EQ(told, 3'000'000U);
    EXPECT_EQ(web.counts().begin()->second.bytes, 3'000'000U);
}

TEST_F(WebFetch, ResumesWhatIsThere) {
    MediaServer server({.body = sound(1000)});
    put(sound(1000).substr(0, 400));
    const auto fetched = fetch(server, {.validator = "\"v1\""});
    ASSERT_TRUE(fetched) << fetched.error().message();
    EXPECT_EQ(content(), sound(1000));
    EXPECT_EQ(fetched->bytes, 1000U);
    EXPECT_EQ(fetched->received, 600U);
    EXPECT_TRUE(begun.empty());
    EXPECT_EQ(server.asked(), std::vector<std::string>{"bytes=400- if \"v1\""});
}

TEST_F(WebFetch, ByDateWhereThereIsNoStrongTag) {
    const std::string date = "Sun, 06 Nov 1994 08:49:37 GMT";
    MediaServer server({.body = sound(1000),
                        .headers = "ETag: W/\"weak\"\r\nLast-Modified: " + date +
                                   "\r\nDate: Mon, 07 Nov 1994 08:49:37 GMT\r\n",
                        .validator = date,
                        .cuts = {300}});
    const auto fetched = fetch(server);
    ASSERT_TRUE(fetched) << fetched.error().message();
    EXPECT_EQ(content(), sound(1000));
    EXPECT_EQ(fetched->validator, date);
    EXPECT_EQ(server.asked(), (std::vector<std::string>{"", "bytes=300- if " + date}));
}

// Whatever the server makes of Range and If-Range, no bytes of two versions are mixed.
TEST_F(WebFetch, AnotherVersionBeginsAnew) {
    const Behaviour newer{.body = sound(900, 2),
                          .headers = "ETag: \"v2\"\r\nContent-Type: audio/mpeg\r\n",
                          .validator = "\"v2\""};
    Behaviour ignores_condition = newer;
    ignores_condition.heeds_if_range = false;
    Behaviour ignores_ranges = newer;
    ignores_ranges.ranges = false;
    Behaviour shorter = newer;  // than what we have: 416 where the condition is ignored
    shorter.body = sound(100, 2);
    shorter.heeds_if_range = false;
    for (const Behaviour& behaviour : {newer, ignores_condition, ignores_ranges, shorter}) {
        MediaServer server(behaviour);
        put(sound(1000).substr(0, 400));
        begun.clear();
        const auto fetched = fetch(server, {.validator = "\"v1\""});
        ASSERT_TRUE(fetched) << fetched.error().message();
        EXPECT_EQ(content(), behaviour.body);
        EXPECT_EQ(fetched->bytes, behaviour.body.size());
        EXPECT_EQ(fetched->validator, "\"v2\"");
        EXPECT_EQ(begun, std::vector<std::string>{"\"v2\""});
    }
}

TEST_F(WebFetch, WhatIsWholeAlreadyIsNotFetchedAgain) {
    MediaServer server({.body = sound(1000)});
    put(sound(1000));
    const auto fetched = fetch(server, {.validator = "\"v1\""});
    ASSERT_TRUE(fetched) << fetched.error().message();
    EXPECT_TRUE(fetched->whole);
    EXPECT_EQ(fetched->bytes, 1000U);
    EXPECT_EQ(fetched->received, 0U);
    EXPECT_EQ(content(), sound(1000));
}

TEST_F(WebFetch, PartsOfNobodySaysHowMuchAreAskedForToTheEnd) {
    MediaServer server({.body = sound(1000), .says_total = false, .longest_part = 400});
    put(sound(1000).substr(0, 100));
    const auto fetched = fetch(server, {.validator = "\"v1\""});
    ASSERT_TRUE(fetched) << fetched.error().message();
    EXPECT_EQ(content(), sound(1000));
    EXPECT_TRUE(fetched->whole);
    EXPECT_EQ(server.asked().back(), "bytes=1000- if \"v1\"");
}

TEST_F(WebFetch, CutBodiesAreGoneOnWith) {
    MediaServer server({.body = sound(1000), .cuts = {100, 1, 300}});
    const auto fetched = fetch(server);
    ASSERT_TRUE(fetched) << fetched.error().message();
    EXPECT_EQ(content(), sound(1000));
    EXPECT_EQ(fetched->received, 1000U);
    EXPECT_EQ(begun.size(), 1U);
    EXPECT_EQ(server.asked(), (std::vector<std::string>{"", "bytes=100- if \"v1\"", "bytes=101- if \"v1\"",
                                                        "bytes=401- if \"v1\""}));
}

TEST_F(WebFetch, WithoutValidatorOrRangesACutBodyBeginsAnew) {
    for (const bool ranges : {true, false}) {
        MediaServer server({.body = sound(1000),
                            .headers = ranges ? "" : "ETag: \"v1\"\r\n",
                            .ranges = ranges,
                            .cuts = {100, 200}});
        begun.clear();
        const auto fetched = fetch(server);
        ASSERT_TRUE(fetched) << fetched.error().message();
        EXPECT_EQ(content(), sound(1000));
        EXPECT_EQ(fetched->received, 1300U);
        EXPECT_EQ(begun, std::vector<std::string>(3, ranges ? "" : "\"v1\""));
    }
}

TEST_F(WebFetch, WhatBreaksAtOnePlaceIsCorruptAndWhatBreaksAnywhereIsNotHadNow) {
    const struct {
        Behaviour behaviour;
        Code code;
        std::string_view detail;
        std::size_t kept;
    } cases[] = {
        {{.body = sound(1000), .cuts = {100, 0}},
         Code::corrupt,
         "cut twice, both times after 100 bytes",
         100},
        {{.body = sound(1000), .ranges = false, .cuts = {100, 100}},
         Code::corrupt,
         "cut twice, both times after 100 bytes",
         100},
        {{.body = sound(1000), .headers = "", .cuts = {100, 100}},
         Code::corrupt,
         "cut twice, both times after 100 bytes",
         100},
        {{.body = sound(1000), .ranges = false, .cuts = {100, 200, 300, 400, 500, 600}},
         Code::unavailable,
         "broken again and again, and the server cannot go on there",
         400},
        {{.body = sound(1000), .headers = "", .cuts = {100, 200, 300, 400, 500, 600}},
         Code::unavailable,
         "broken again and again, and the server cannot go on there",
         400},
        {{.body = ""}, Code::corrupt, "nothing in it", 0},
    };
    for (const auto& row : cases) {
        MediaServer server(row.behaviour);
        const auto fetched = fetch(server);
        ASSERT_FALSE(fetched);
        EXPECT_EQ(fetched.error().code, row.code);
        EXPECT_EQ(fetched.error().detail, row.detail);
        EXPECT_EQ(content(), sound(1000).substr(0, row.kept));
        EXPECT_EQ(fetched.error().kept, row.kept ? fmt::format("{} bytes of it in {}", row.kept, path) : "");
    }
}

// Parts that are none of those asked for: the whole is fetched without ranges instead.
TEST_F(WebFetch, PartsThatAreWrongAreNotWritten) {
    MediaServer server({.body = sound(1000), .shift = 7});
    put(sound(1000).substr(0, 400));
    const auto fetched = fetch(server, {.validator = "\"v1\""});
    ASSERT_TRUE(fetched) << fetched.error().message();
    EXPECT_EQ(content(), sound(1000));
    EXPECT_EQ(server.asked(), (std::vector<std::string>{"bytes=400- if \"v1\"", ""}));
}

TEST_F(WebFetch, AnswersThatAreNoMedia) {
    const std::pair<const char*, const char*> cases[] = {
        {"HTTP/1.1 200 OK\r\nContent-Type: Text/HTML; charset=utf-8\r\nContent-Length: 6\r\n\r\n<html>",
         "a page, not media (text/html)"},
        {"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
         "sent as `gzip`, which nobody asked for"},
        {"HTTP/1.1 206 OK\r\nContent-Range: bytes 0-2/9\r\nContent-Length: 3\r\n\r\nabc",
         "a part where the whole was asked for"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\nabc", "longer than 1000 bytes: 1001"},
    };
    for (const auto& [answer, detail] : cases) {
        const http::ScriptedServer server([text = answer](const http::Seen&, http::Line& line) {
            line.send(text);
            line.close();
        });
        put("kept");
        const auto fetched = fetch(server.url("/a"), {.validator = "", .most_bytes = 1000});
        ASSERT_FALSE(fetched) << detail;
        EXPECT_EQ(fetched.error().code, Code::corrupt);
        EXPECT_EQ(fetched.error().detail, detail);
        EXPECT_EQ(content(), "") << detail;
    }
}

TEST_F(WebFetch, ALimitOfSizeHoldsForBodiesWithoutLength) {
    const http::ScriptedServer server([](const http::Seen&, http::Line& line) {
        line.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
        while (line.send(std::string(10'000, 'x'))) {
        }
        line.close();
    });
    const auto fetched = fetch(server.url("/endless"), {.most_bytes = 100'000});
    ASSERT_FALSE(fetched);
    EXPECT_EQ(fetched.error().code, Code::corrupt);
    EXPECT_EQ(fetched.error().detail, "longer than 100000 bytes");
    EXPECT_LE(content().size(), 100'000U);
}

// 90 of 900 seconds: a tenth, and a quarter of a MiB for what stands in front of the sound.
TEST_F(WebFetch, BeginningsByRange) {
    constexpr std::size_t kSize = 5'000'000, kBegin = 500'000 + 262'144;
    MediaServer server({.body = sound(kSize)});
    auto fetched = fetch(server, {.seconds = 90}, {.url = server.url(), .size = kSize, .duration = 900});
    ASSERT_TRUE(fetched) << fetched.error().message();
    EXPECT_EQ(content(), sound(kSize).substr(0, kBegin));
    EXPECT_EQ(fetched->bytes, kBegin);
    EXPECT_FALSE(fetched->whole);
    EXPECT_EQ(server.asked(), std::vector<std::string>{fmt::format("bytes=0-{}", kBegin - 1)});
    // And then all of it, from there on.
    fetched = fetch(server, {.validator = fetched->validator});
    ASSERT_TRUE(fetched) << fetched.error().message();
    EXPECT_EQ(content(), sound(kSize));
    EXPECT_EQ(fetched->received, kSize - kBegin);
    EXPECT_TRUE(fetched->whole);
    EXPECT_EQ(begun.size(), 1U);
}

TEST_F(WebFetch, BeginningsOfServersWithoutRanges) {
    constexpr std::size_t kSize = 5'000'000, kBegin = 500'000 + 262'144;
    MediaServer server({.body = sound(kSize), .ranges = false});
    const auto fetched =
        fetch(server, {.seconds = 90}, {.url = server.url(), .size = kSize, .duration = 900});
    ASSERT_TRUE(fetched) << fetched.error().message();
    EXPECT_EQ(content(), sound(kSize).substr(0, kBegin));
    EXPECT_FALSE(fetched->whole);
}

TEST_F(WebFetch, ABeginningThatIsAllIsWhole) {
    const Web::Media cases[] = {{.size = 1000, .duration = 10.0}, {}, {.size = 9'000'000, .duration = 900.0}};
    for (const bool says_total : {true, false}) {
        MediaServer server({.body = sound(1000), .says_total = says_total});
        for (Web::Media media : cases) {
            media.url = server.url();
            const auto fetched = fetch(server, {.seconds = 90}, media);
            ASSERT_TRUE(fetched) << fetched.error().message();
            EXPECT_TRUE(fetched->whole);
            EXPECT_EQ(content(), sound(1000));
        }
    }
}

TEST_F(WebFetch, StatusesThatAreErrorsKeepWhatIsThere) {
    const http::ScriptedServer server(
        [](const http::Seen&, http::Line& line) { line.send(http::reply(500, "x")); });
    put("abc");
    const auto fetched = fetch(server.url("/a"), {.validator = "\"v1\""});
    ASSERT_FALSE(fetched);
    EXPECT_EQ(fetched.error().code, Code::unavailable);
    EXPECT_EQ(content(), "abc");
    EXPECT_EQ(fetched.error().kept, "3 bytes of it in " + path);
    EXPECT_TRUE(begun.empty());
}

TEST_F(WebFetch, AFullDiskIsNoFailureOfTheHost) {
    MediaServer server({.body = sound(1'000'000)});
    const auto fetched = fetch(server, {.path = "/dev/full", .validator = "\"x\""});
    ASSERT_FALSE(fetched);
    EXPECT_EQ(fetched.error().code, Code::no_space) << fetched.error().message();
    EXPECT_EQ(web.counts().begin()->second.failures, 0U);
}

TEST_F(WebFetch, AnErrorOfWhoeverWantsToResumeEndsIt) {
    MediaServer server({.body = sound(1000)});
    const auto fetched =
        fetch(server, {.begun = [](const std::string&) { return failure(Code::io, "record", "it", "why"); }});
    ASSERT_FALSE(fetched);
    EXPECT_EQ(fetched.error().message(), "record it: why");
    EXPECT_EQ(content(), "");
}

TEST_F(WebFetch, StopsAndGoesOnLater) {
    std::stop_source stop;
    const std::string body = sound(1000);
    {
        const http::ScriptedServer server([&](const http::Seen&, http::Line& line) {
            line.send("HTTP/1.1 200 OK\r\nETag: \"v1\"\r\nContent-Length: 1000\r\n\r\n" +
                      body.substr(0, 300));
            line.hang();
        });
        const auto fetched = web.fetch(
            {.url = server.url("/")}, {.path = path, .progress = [&](std::uint64_t) { stop.request_stop(); }},
            stop.get_token());
        ASSERT_FALSE(fetched);
        EXPECT_EQ(fetched.error().code, Code::interrupted);
    }
    EXPECT_EQ(content(), body.substr(0, 300));
    MediaServer server({.body = body});
    EXPECT_EQ(fetch(server, {.validator = "\"v1\""}).value().received, 700U);
    EXPECT_EQ(content(), body);
}

TEST_F(WebFetch, TakesNoLongerThanAllowed) {
    Web short_web({.requests_per_second = 1e6, .allow_private = true, .longest = 300ms});
    const http::ScriptedServer server([](const http::Seen&, http::Line& line) {
        line.send("HTTP/1.1 200 OK\r\nETag: \"v1\"\r\nContent-Length: 1000000\r\n\r\n");
        line.hang([&line] { line.send("x"); });
    });
    const auto fetched = short_web.fetch({.url = server.url("/")}, {.path = path}, {});
    ASSERT_FALSE(fetched);
    EXPECT_EQ(fetched.error().code, Code::timed_out);
}

}  // namespace
}  // namespace haul::collect
