#include "http/client.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "http/scripted_server.h"

namespace haul::http {
namespace {

using namespace std::chrono_literals;

std::string text_of(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

TEST(HttpClient, RefusedConnectionSaysSo) {
    Client client;
    Exchange exchange{.request = {.url = "http://user:secret@127.0.0.1:1/x?y=secret"}};
    client.perform(exchange, {}, {});
    ASSERT_FALSE(exchange.result);
    EXPECT_EQ(exchange.result.error().message(),
              "GET http://127.0.0.1:1/x: could not connect: Connection refused");
    EXPECT_EQ(exchange.result.error().retry, Retry::later);
    EXPECT_EQ(exchange.result.error().code, Code::unavailable);
    EXPECT_EQ(client.traffic().failures, 1U);
}

// Bodies of whole and broken answers. `into` 0: the body goes to the answer.
struct BodyCase {
    std::string_view name, sent;
    std::size_t into, limit;
    Code code;  // internal: none
    std::string_view text;
};

TEST(HttpClient, Bodies) {
    const BodyCase cases[] = {
        {"exact", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 5, 99, Code::internal, "hello"},
        {"range", "HTTP/1.1 206 OK\r\nContent-Length: 5\r\n\r\nhello", 5, 99, Code::internal, "hello"},
        {"chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
         5, 99, Code::internal, "hello"},
        {"to the answer", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 0, 5, Code::internal, "hello"},
        {"short", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhell", 5, 99, Code::unavailable,
         "body cut: 4 of 5 bytes"},
        {"long", "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello!", 5, 99, Code::unavailable,
         "body longer than the 5 bytes asked for"},
        {"over the limit", "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello!", 0, 5, Code::corrupt,
         "answer longer than 5 bytes"},
        {"not found", "HTTP/1.1 404 No\r\nContent-Length: 4\r\n\r\ngone", 5, 99, Code::internal, "gone"},
        {"cut", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", 5, 99, Code::unavailable,
         "body cut after 3 bytes"},
        {"no answer", "", 5, 99, Code::unavailable, "the connection was closed before an answer came"},
        {"no HTTP", "220 mail.example ESMTP\r\n", 5, 99, Code::unavailable, "the answer is not HTTP"},
    };
    for (const BodyCase& row : cases) {
        SCOPED_TRACE(row.name);
        ScriptedServer server([&row](const Seen&, Line& line) {
            line.send(row.sent);
            line.close();
        });
        Client client;
        std::vector<std::byte> into(row.into);
        Exchange exchange{.request = {.url = server.url("/a"), .into = into, .body_limit = row.limit}};
        client.perform(exchange, {}, {});
        if (row.code == Code::internal) {
            ASSERT_TRUE(exchange.result) << exchange.result.error().message();
            EXPECT_EQ(exchange.answer.body.empty() ? text_of(into) : exchange.answer.body, row.text);
            EXPECT_EQ(client.traffic().bytes_received, row.text.size());
        } else {
            ASSERT_FALSE(exchange.result);
            EXPECT_EQ(exchange.result.error().code, row.code);
            EXPECT_EQ(exchange.result.error().detail, row.text);
            EXPECT_EQ(exchange.answer.status, 0);
        }
    }
}

TEST(HttpClient, ThousandsOfRequestsGoOverFewConnections) {
    ScriptedServer server([](const Seen& seen, Line& line) { line.send(reply(200, seen.target)); });
    Client client({.connections = 8});
    std::vector<Exchange> exchanges(2000);
    for (std::size_t i = 0; i < exchanges.size(); ++i)
        exchanges[i].request.url = server.url("/" + std::to_string(i));
    client.perform(exchanges, {}, {});
    for (std::size_t i = 0; i < exchanges.size(); ++i) {
        ASSERT_TRUE(exchanges[i].result) << exchanges[i].result.error().message();
        EXPECT_EQ(exchanges[i].answer.body, "/" + std::to_string(i));
    }
    EXPECT_LE(server.connections(), 8U);
    EXPECT_EQ(client.traffic().requests, 2000U);
    client.perform(std::span(exchanges).first(100), {}, {});
    EXPECT_LE(server.connections(), 8U);
}

TEST(HttpClient, MethodsHeadersAndBodiesArrive) {
    const struct {
        std::string_view method;
        std::size_t body;
        std::string_view length;  // Content-Length; empty: none
    } cases[] = {
        {"GET", 0, ""},     {"HEAD", 0, ""},
        {"DELETE", 0, ""},  {"PUT", 0, "0"},
        {"PUT", 5, "5"},    {"PUT", 3'000'000, "3000000"},
        {"POST", 0, "0"},   {"POST", 100'000, "100000"},
        {"DELETE", 7, "7"}, {"GET", 0, ""},
    };
    Seen seen;
    ScriptedServer server([&seen](const Seen& request, Line& line) {
        seen = request;
        line.send(request.method == "HEAD" ? "HTTP/1.1 200 OK\r\nContent-Length: 77\r\nX-Two:  b \r\n\r\n"
                                           : reply(200, "ok", "ETag: \"x\"\r\n"));
    });
    Client client;  // one connection and two handles for all: nothing of one request shows in the next
    std::uint64_t sent = 0;
    for (const auto& row : cases) {
        SCOPED_TRACE(row.method);
        std::string body(row.body, 'x');
        for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>(i * 31 >> 3U);
        Exchange exchange{.request = {.method = std::string(row.method),
                                      .url = server.url("/a/../b%20c?q=%2F"),
                                      .headers = {{"X-One", "1"}, {"X-None", ""}},
                                      .body = std::as_bytes(std::span(body))}};
        client.perform(exchange, {}, {});
        ASSERT_TRUE(exchange.result) << exchange.result.error().message();
        EXPECT_EQ(seen.method, row.method);
        EXPECT_EQ(seen.target, "/a/../b%20c?q=%2F");
        EXPECT_TRUE(seen.body == body);
        EXPECT_EQ(seen.headers["X-One"], "1");
        EXPECT_TRUE(seen.headers.contains("X-None"));
        EXPECT_EQ(seen.headers["User-Agent"], "haul");
        EXPECT_EQ(seen.headers.contains("Content-Length") ? seen.headers["Content-Length"] : "", row.length);
        for (const char* unwanted : {"Expect", "Content-Type", "Accept-Encoding", "Transfer-Encoding"})
            EXPECT_FALSE(seen.headers.contains(unwanted)) << unwanted;
        const bool head = row.method == "HEAD";
        EXPECT_EQ(exchange.answer.body, head ? "" : "ok");
        EXPECT_EQ(exchange.answer.header("content-length"), head ? "77" : "2");
        EXPECT_EQ(exchange.answer.header(head ? "x-two" : "etag"), head ? "b" : "\"x\"");
        sent += row.body;
        EXPECT_EQ(client.traffic().bytes_sent, sent);
    }
    EXPECT_EQ(server.connections(), 1U);
}

TEST(HttpClient, RefusesWhatCannotBeSent) {
    Client client;
    std::vector<Exchange> exchanges(4);
    exchanges[0].request.url = "ftp://127.0.0.1/x";
    exchanges[1].request.url = "http:///x";
    exchanges[2].request = {.url = "http://127.0.0.1:1/x", .headers = {{"a", "b\r\nc: d"}}};
    exchanges[3].request.url = "http://127.0.0.1:99999/x";
    client.perform(exchanges, {}, {});
    for (const Exchange& each : exchanges) {
        ASSERT_FALSE(each.result) << each.request.url;
        EXPECT_EQ(each.result.error().code, Code::usage) << each.result.error().message();
        EXPECT_EQ(each.result.error().retry, Retry::never);
    }
}

TEST(HttpClient, AKeptConnectionThatWasClosedIsNoError) {
    const struct {
        std::string_view name, method;
        std::size_t body;
        bool late;  // closed when the next request arrives, not before
    } cases[] = {
        {"closed while idle", "GET", 0, false},
        {"closed on arrival", "GET", 0, true},
        {"closed on arrival of a small body", "PUT", 10, true},
        {"closed on arrival of a large body", "PUT", 2'000'000, true},
    };
    for (const auto& row : cases) {
        SCOPED_TRACE(row.name);
        int on_first = 0;
        ScriptedServer server([&](const Seen& seen, Line& line) {
            if (seen.connection == 1 && ++on_first == 2) return line.close();
            line.send(reply(200, std::to_string(seen.body.size())));
            if (!row.late && seen.connection == 1) line.close();
        });
        Client client;
        const std::string body(row.body, 'x');
        for (int i = 0; i < 2; ++i) {
            Exchange exchange{.request = {.method = std::string(row.method),
                                          .url = server.url("/"),
                                          .body = std::as_bytes(std::span(body))}};
            client.perform(exchange, {}, {});
            ASSERT_TRUE(exchange.result) << exchange.result.error().message();
            EXPECT_EQ(exchange.answer.body, std::to_string(row.body));
            // What had closed before is often seen before anything is sent.
            if (i == 0 || row.late) {
                EXPECT_EQ(exchange.repeated, i == 1);
            }
        }
        EXPECT_EQ(server.connections(), 2U);
        EXPECT_EQ(client.traffic().requests, 2U);
    }
}

TEST(HttpClient, PreparesEachRightBeforeItIsSent) {
    std::atomic<int> served = 0;
    ScriptedServer server([&served](const Seen& seen, Line& line) {
        ++served;
        line.send(reply(200, seen.headers.at("X-Turn")));
    });
    Client client({.connections = 1});
    std::vector<Exchange> exchanges(5);
    for (auto& each : exchanges) each.request.url = server.url("/");
    int turn = 0;
    const Prepare prepare = [&](Request& request) -> Status {
        if (turn == 2) {
            turn = 3;
            return failure(Code::denied, "sign", "", "no credentials");
        }
        EXPECT_EQ(served, turn < 2 ? turn : turn - 1);  // all before it have been answered
        request.headers.push_back({"X-Turn", std::to_string(turn++)});
        return {};
    };
    client.perform(exchanges, prepare, {});
    for (std::size_t i = 0; i < exchanges.size(); ++i) {
        ASSERT_EQ(exchanges[i].result.has_value(), i != 2);
        const std::string got = i == 2 ? exchanges[i].result.error().message() : exchanges[i].answer.body;
        EXPECT_EQ(got, i == 2 ? "sign: no credentials" : std::to_string(i));
    }
    EXPECT_EQ(client.traffic().requests, 4U);
}

TEST(HttpClient, ThrottlingHalvesTheWindow) {
    ScriptedServer server([](const Seen& seen, Line& line) {
        line.send(reply(seen.target == "/busy" ? 503 : 200, "slow down"));
    });
    Client client;
    std::vector<Exchange> exchanges(3);
    exchanges[0].request.url = server.url("/");
    exchanges[1].request.url = server.url("/busy");
    exchanges[2].request.url = server.url("/busy");
    client.perform(std::span(exchanges).first(1), {}, {});
    EXPECT_EQ(client.traffic().window, 64U);
    client.perform(exchanges, {}, {});
    EXPECT_TRUE(exchanges[1].result);
    EXPECT_EQ(exchanges[1].answer.status, 503);
    EXPECT_EQ(exchanges[1].answer.body, "slow down");
    EXPECT_EQ(client.traffic().window, 32U);
    EXPECT_EQ(client.traffic().throttled, 2U);
    EXPECT_EQ(client.traffic().failures, 2U);
}

TEST(HttpClient, CallsShareTheWindow) {
    for (const unsigned places : {1U, 4U}) {
        std::atomic<unsigned> inside = 0, most = 0;
        ScriptedServer server([&](const Seen&, Line& line) {
            const unsigned now = ++inside;
            for (unsigned seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
            }
            --inside;
            line.send(reply(200, "x"));
        });
        Client client({.connections = places});
        std::vector<std::jthread> threads;
        threads.reserve(4);
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back([&client, &server] {
                std::vector<Exchange> exchanges(300);
                for (auto& each : exchanges) each.request.url = server.url("/");
                client.perform(exchanges, {}, {});
                for (const auto& each : exchanges) EXPECT_TRUE(each.result);
            });
        }
        threads.clear();
        EXPECT_LE(most, places);
        EXPECT_EQ(client.traffic().requests, 1200U);
    }
}

TEST(HttpClient, EachHostHasItsOwnWindow) {
    std::latch both(2);
    const auto script = [&both](const Seen&, Line& line) {
        both.arrive_and_wait();
        line.send(reply(200, "x"));
    };
    ScriptedServer one(script), two(script);
    Client client({.connections = 1});
    std::vector<Exchange> exchanges(2);
    exchanges[0].request.url = one.url("/");
    exchanges[1].request.url = two.url("/");
    client.perform(exchanges, {}, {});
    for (const auto& each : exchanges) EXPECT_TRUE(each.result);
}

// The first of a call looks for the host's name, on which the others wait: not for its answer.
TEST(HttpClient, TheFirstHoldsTheOthersOnlyUntilItIsConnected) {
    clock::Fixed fixed(1000s, 1000s);
    std::atomic<int> served = 0;
    std::latch second(1);
    ScriptedServer server([&](const Seen&, Line& line) {
        const int number = ++served;
        if (number == 3) second.count_down();
        if (number == 2) second.wait();
        line.send(reply(200, "x"));
    });
    Client client;
    std::vector<Exchange> exchanges(3);
    for (auto& each : exchanges) each.request.url = server.url("/");
    client.perform(std::span(exchanges).first(1), {}, {});
    fixed.advance(55s);  // the name has to be looked for again; the connection is still there
    client.perform(std::span(exchanges).subspan(1), {}, {});
    for (const auto& each : exchanges) EXPECT_TRUE(each.result);
}

}  // namespace
}  // namespace haul::http
