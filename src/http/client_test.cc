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

}  // namespace
}  // namespace haul::http
