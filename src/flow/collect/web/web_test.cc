#include "flow/collect/web/web.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "base/test_folder.h"
#include "base/version.h"
#include "http/scripted_server.h"
#include "http/scripted_tls.h"

namespace haul::collect {
namespace {

using namespace std::chrono_literals;
using http::Line;
using http::reply;
using http::ScriptedServer;
using http::Seen;

WebOptions open_options() { return {.requests_per_second = 1e6, .allow_private = true}; }

std::string redirect(const std::string& to, int status = 302) {
    return reply(status, "moved", "Location: " + to + "\r\n");
}

TEST(WebGet, PagesAsAPoliteGuest) {
    Seen seen;
    ScriptedServer server([&seen](const Seen& request, Line& line) {
        seen = request;
        line.send(reply(200, "hello", "Content-Type: Application/JSON; charset=utf-8\r\n"));
    });
    WebOptions options = open_options();
    options.contact = "mail@a.example\r\nX-Injected: 1";
    Web web(options);
    const auto page = web.get({.url = server.url("/a b?c#d"), .accept = "application/json"}, {});
    ASSERT_TRUE(page) << page.error().message();
    EXPECT_EQ(page->body, "hello");
    EXPECT_EQ(page->type, "application/json");
    EXPECT_EQ(page->url, server.url("/a%20b?c"));
    EXPECT_EQ(seen.target, "/a%20b?c");
    EXPECT_EQ(seen.headers["Accept"], "application/json");
    EXPECT_EQ(seen.headers["User-Agent"],
              "haul/" + std::string(kVersion) + " (+mail@a.exampleX-Injected: 1)");
    const auto counts = web.counts();
    ASSERT_EQ(counts.size(), 1U);
    EXPECT_EQ(counts.begin()->second.requests, 1U);
    EXPECT_EQ(counts.begin()->second.bytes, 5U);
}

TEST(WebGet, StatusesMeanWhatTheySay) {
    const std::pair<int, Code> cases[] = {
        {400, Code::unsupported}, {401, Code::denied},      {403, Code::denied},
        {404, Code::not_found},   {408, Code::unavailable}, {410, Code::not_found},
        {416, Code::unsupported}, {418, Code::unsupported}, {451, Code::denied},
        {500, Code::unavailable}, {502, Code::unavailable}, {204, Code::unsupported},
        {206, Code::corrupt},     {304, Code::unsupported},
    };
    for (const auto& [status, code] : cases) {
        const int answered = status;
        ScriptedServer server([answered](const Seen&, Line& line) {
            line.send(answered == 204 || answered == 304 ? fmt::format("HTTP/1.1 {} x\r\n\r\n", answered)
                                                         : reply(answered, std::string(100'000, 'x')));
        });
        Web web(open_options());
        const auto page = web.get({.url = server.url("/")}, {});
        ASSERT_FALSE(page) << status;
        EXPECT_EQ(page.error().code, code) << page.error().message();
        EXPECT_EQ(page.error().retry, code == Code::unavailable ? Retry::later : Retry::never) << status;
        EXPECT_EQ(web.counts().begin()->second.failures, status >= 500 ? 1U : 0U) << status;
    }
}

TEST(WebGet, BodiesHaveALimitAndNoCoding) {
    ScriptedServer server([](const Seen& seen, Line& line) {
        if (seen.target == "/gzip")
            return static_cast<void>(line.send(reply(200, "x", "Content-Encoding: gzip\r\n")));
        line.send(reply(200, "12345"));
    });
    Web web(open_options());
    EXPECT_TRUE(web.get({.url = server.url("/"), .most_bytes = 5}, {}));
    EXPECT_EQ(web.get({.url = server.url("/"), .most_bytes = 4}, {}).error().detail, "longer than 4 bytes");
    EXPECT_EQ(web.get({.url = server.url("/gzip")}, {}).error().code, Code::corrupt);
    EXPECT_EQ(web.get({.url = "ftp://a.example/"}, {}).error().code, Code::corrupt);
}

TEST(WebRedirects, AreFollowed) {
    ScriptedServer server([](const Seen& seen, Line& line) {
        if (seen.target == "/1") return static_cast<void>(line.send(redirect("2?x", 301)));
        if (seen.target == "/2?x") return static_cast<void>(line.send(redirect("/3", 308)));
        line.send(reply(200, seen.target));
    });
    Web web(open_options());
    const auto page = web.get({.url = server.url("/1")}, {});
    ASSERT_TRUE(page) << page.error().message();
    EXPECT_EQ(page->body, "/3");
    EXPECT_EQ(page->url, server.url("/3"));
}

TEST(WebRedirects, ThatGoNowhereAreErrors) {
    std::atomic<int> asked = 0;
    ScriptedServer server([&asked](const Seen& seen, Line& line) {
        ++asked;
        if (seen.target == "/file") return static_cast<void>(line.send(redirect("file:///etc/passwd")));
        if (seen.target == "/none") return static_cast<void>(line.send(reply(302, "")));
        line.send(redirect("/loop"));
    });
    Web web(open_options());
    const auto loop = web.get({.url = server.url("/loop")}, {});
    ASSERT_FALSE(loop);
    EXPECT_EQ(loop.error().code, Code::corrupt);
    EXPECT_EQ(loop.error().detail, "more than 10 redirects");
    EXPECT_EQ(asked, 11);
    for (const char* path : {"/file", "/none"})
        EXPECT_EQ(web.get({.url = server.url(path)}, {}).error().code, Code::denied) << path;
}

TEST(WebRedirects, FromHttpsToHttpAreRefused) {
    const test::Folder folder;
    const http::Tls tls(folder.path("ca.pem"));
    std::atomic<int> asked = 0;
    ScriptedServer plain([&asked](const Seen&, Line& line) {
        ++asked;
        line.send(reply(200, "x"));
    });
    ScriptedServer secure(
        [&plain](const Seen& seen, Line& line) {
            line.send(seen.target == "/in" ? reply(200, "in") : redirect(plain.url("/")));
        },
        [&tls](int socket) { return tls.accept(socket); });
    WebOptions options = open_options();
    options.ca_file = folder.path("ca.pem");
    Web web(options);
    EXPECT_TRUE(web.get({.url = secure.url("/in", "https")}, {}));
    const auto page = web.get({.url = secure.url("/", "https")}, {});
    ASSERT_FALSE(page);
    EXPECT_EQ(page.error().code, Code::denied);
    EXPECT_EQ(page.error().detail, "it redirects from https to http");
    EXPECT_EQ(asked, 0);
}

TEST(WebAddresses, PrivateOnesAreNotConnectedTo) {
    ScriptedServer server([](const Seen&, Line& line) { line.send(reply(200, "x")); });
    WebOptions options = open_options();
    options.allow_private = false;
    Web web(options);
    const std::string port = server.url("").substr(std::string_view("http://127.0.0.1").size());
    for (const char* host : {"127.0.0.1", "localhost", "2130706433", "[::ffff:127.0.0.1]", "0.0.0.0"}) {
        const auto page = web.get({.url = fmt::format("http://{}{}/", host, port)}, {});
        ASSERT_FALSE(page) << host;
        EXPECT_EQ(page.error().code, Code::denied) << page.error().message();
        EXPECT_TRUE(page.error().remedy.contains("limits.allow_private")) << page.error().remedy;
    }
    EXPECT_EQ(server.connections(), 0U);
}

// A public page that redirects inside: it comes through a proxy here, which stands for the internet.
TEST(WebAddresses, RedirectsAreCheckedAgain) {
    ScriptedServer inside([](const Seen&, Line& line) { line.send(reply(200, "secret")); });
    std::vector<std::string> asked;
    ScriptedServer internet([&](const Seen& seen, Line& line) {
        asked.push_back(seen.target);
        if (seen.target.ends_with("/loopback"))
            return static_cast<void>(line.send(redirect(inside.url("/"))));
        if (seen.target.ends_with("/net"))
            return static_cast<void>(line.send(redirect("http://192.168.0.1/")));
        line.send(reply(200, "public"));
    });
    ::setenv("http_proxy", internet.url("").c_str(), 1);
    WebOptions options = open_options();
    options.allow_private = false;
    Web web(options);
    EXPECT_EQ(web.get({.url = "http://media.example/page"}, {}).value().body, "public");
    for (const char* path : {"/loopback", "/net"}) {
        const auto page = web.get({.url = std::string("http://media.example") + path}, {});
        ASSERT_FALSE(page) << path;
        EXPECT_EQ(page.error().code, Code::denied) << page.error().message();
    }
    ::unsetenv("http_proxy");
    EXPECT_EQ(inside.connections(), 0U);
    EXPECT_EQ(asked.size(), 3U);
}

TEST(WebThrottling, ClosesTheHostForAll) {
    std::atomic<int> asked = 0;
    ScriptedServer server([&asked](const Seen&, Line& line) {
        ++asked;
        line.send(reply(429, "slow down", "Retry-After: 30\r\n"));
    });
    ScriptedServer other([](const Seen&, Line& line) { line.send(reply(200, "x")); });
    Web web(open_options());
    for (int i = 0; i < 3; ++i) {
        const auto page = web.get({.url = server.url("/")}, {});
        ASSERT_FALSE(page);
        EXPECT_EQ(page.error().code, Code::unavailable);
        EXPECT_GT(page.error().retry_after.value(), 0s);
        EXPECT_LE(page.error().retry_after.value(), 30s);
    }
    EXPECT_EQ(asked, 1);
    EXPECT_TRUE(web.get({.url = other.url("/")}, {}));
}

TEST(WebThrottling, TakesADateAndWaitsForAShortPause) {
    std::atomic<int> asked = 0;
    ScriptedServer server([&asked](const Seen& seen, Line& line) {
        const bool first = ++asked == 1;
        if (seen.target == "/date")
            return static_cast<void>(
                line.send(reply(503, "", "Retry-After: Fri, 31 Dec 2160 23:59:59 GMT\r\n")));
        line.send(first ? reply(503, "", "Retry-After: 1\r\n") : reply(200, "now"));
    });
    Web web(open_options());
    const auto page = web.get({.url = server.url("/")}, {});
    ASSERT_TRUE(page) << page.error().message();
    EXPECT_EQ(page->body, "now");
    EXPECT_EQ(asked, 2);
    const auto later = web.get({.url = server.url("/date")}, {});
    ASSERT_FALSE(later);
    EXPECT_EQ(later.error().retry_after, 24h);  // no longer than a day
}

TEST(WebRobots, DecidesFirstAndIsReadOnce) {
    std::vector<std::string> asked;
    std::mutex lock;
    ScriptedServer server([&](const Seen& seen, Line& line) {
        const std::scoped_lock hold(lock);
        asked.push_back(seen.target);
        line.send(seen.target == "/robots.txt" ? reply(200, "User-agent: haul\nDisallow: /private\n")
                                               : reply(200, "page"));
    });
    Web web(open_options());
    std::vector<std::jthread> threads;
    threads.reserve(8);
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&] {
            EXPECT_TRUE(web.get({.url = server.url("/public"), .robots = true}, {}));
            const auto page = web.get({.url = server.url("/private/a"), .robots = true}, {});
            ASSERT_FALSE(page);
            EXPECT_EQ(page.error().code, Code::denied);
        });
    }
    threads.clear();
    EXPECT_TRUE(web.get({.url = server.url("/private/a")}, {}));  // no plain page
    EXPECT_EQ(std::ranges::count(asked, "/robots.txt"), 1);
    EXPECT_EQ(std::ranges::count(asked, "/private/a"), 1);
}

TEST(WebRobots, ThatCannotBeHad) {
    const std::pair<int, Code> cases[] = {
        {404, Code::internal}, {403, Code::internal}, {400, Code::internal}, {500, Code::unavailable}};
    for (const auto& [status, code] : cases) {
        ScriptedServer server([robots = status](const Seen& seen, Line& line) {
            line.send(reply(seen.target == "/robots.txt" ? robots : 200, "x"));
        });
        Web web(open_options());
        const auto page = web.get({.url = server.url("/"), .robots = true}, {});
        EXPECT_EQ(page ? Code::internal : page.error().code, code) << status;
        EXPECT_TRUE(page || page.error().retry == Retry::later);
    }
}

// Where a redirect leads, the rules of that host hold.
TEST(WebRobots, HoldsForEachHop) {
    ScriptedServer strict([](const Seen& seen, Line& line) {
        line.send(seen.target == "/robots.txt" ? reply(200, "User-agent: *\nDisallow: /\n")
                                               : reply(200, "x"));
    });
    ScriptedServer open([&strict](const Seen& seen, Line& line) {
        line.send(seen.target == "/robots.txt" ? reply(404, "") : redirect(strict.url("/page")));
    });
    Web web(open_options());
    EXPECT_EQ(web.get({.url = open.url("/"), .robots = true}, {}).error().code, Code::denied);
    EXPECT_TRUE(web.get({.url = open.url("/")}, {}));
}

TEST(WebErrand, HasItsTurnForAsLongAsItLives) {
    ScriptedServer server([](const Seen&, Line& line) { line.send(reply(404, "")); });
    const std::string host = server.url("").substr(std::string_view("http://").size());
    WebOptions options = open_options();
    options.per_host = 1;
    Web web(options);
    auto first = web.begin_errand(server.url("/a"), {});
    ASSERT_TRUE(first) << first.error().message();
    std::atomic<bool> begun = false;
    std::jthread second([&] {
        EXPECT_TRUE(web.begin_errand(server.url("/b"), {}));
        begun = true;
    });
    while (web.counts().at(host).waiting == 0) std::this_thread::yield();
    EXPECT_FALSE(begun);
    {
        const Web::Errand ended = std::move(*first);
    }
    second.join();
    EXPECT_TRUE(begun);
    EXPECT_EQ(web.counts().at(host).requests, 3U);  // and robots.txt, once
}

TEST(WebErrand, AThrottleClosesTheHostForAll) {
    ScriptedServer server([](const Seen&, Line& line) { line.send(reply(404, "")); });
    const std::string host = server.url("").substr(std::string_view("http://").size());
    Web web(open_options());
    std::chrono::milliseconds closed{};
    {
        auto errand = web.begin_errand(server.url("/a"), {});
        ASSERT_TRUE(errand) << errand.error().message();
        errand->failed();
        closed = errand->throttled();
    }
    EXPECT_GT(closed, 0ms);
    const auto page = web.get({.url = server.url("/b")}, {});
    ASSERT_FALSE(page);
    EXPECT_EQ(page.error().code, Code::unavailable);
    EXPECT_LE(page.error().retry_after.value(), closed);
    EXPECT_FALSE(web.begin_errand(server.url("/a"), {}));
    EXPECT_EQ(web.counts().at(host).throttled, 1U);
    EXPECT_EQ(web.counts().at(host).failures, 1U);
}

TEST(WebErrand, IsNotBegunWhereRobotsForbidIt) {
    ScriptedServer server(
        [](const Seen&, Line& line) { line.send(reply(200, "User-agent: *\nDisallow: /private\n")); });
    Web web(open_options());
    const auto refused = web.begin_errand(server.url("/private/a"), {});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::denied);
    EXPECT_TRUE(refused.error().message().contains("Disallow: /private")) << refused.error().message();
    EXPECT_TRUE(web.begin_errand(server.url("/public"), {}));
    EXPECT_EQ(web.begin_errand("ftp://a.example/", {}).error().code, Code::corrupt);
}

TEST(WebGet, IsStopped) {
    std::stop_source stop;
    ScriptedServer server([&stop](const Seen&, Line& line) {
        stop.request_stop();
        line.hang();
    });
    Web web(open_options());
    EXPECT_EQ(web.get({.url = server.url("/")}, stop.get_token()).error().code, Code::interrupted);
}

}  // namespace
}  // namespace haul::collect
