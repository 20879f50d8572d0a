#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "http/client.h"
#include "http/scripted_server.h"

namespace haul::http {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMany = std::size_t{32} << 20U;

TEST(HttpTake, BodiesOfAnyLengthGoPieceByPiece) {
    const std::string piece(1U << 20U, 'x');
    ScriptedServer server([&piece](const Seen&, Line& line) {
        line.send(fmt::format("HTTP/1.1 200 OK\r\nETag: \"a\"\r\nContent-Length: {}\r\n\r\n", kMany));
        for (std::size_t sent = 0; sent < kMany; sent += piece.size()) line.send(piece);
    });
    Client client;
    std::size_t taken = 0;
    std::size_t largest = 0;
    std::size_t pieces = 0;
    Exchange exchange{.request = {.url = server.url("/"),
                                  .take = [&](const Answer& head, std::span<const std::byte> bytes) {
                                      EXPECT_EQ(bytes.empty(), pieces++ == 0);  // the head alone
                                      EXPECT_EQ(head.status, 200);
                                      EXPECT_EQ(head.header("etag"), "\"a\"");
                                      taken += bytes.size();
                                      largest = std::max(largest, bytes.size());
                                      return Result<bool>(true);
                                  }}};
    client.perform(exchange, {}, {});
    ASSERT_TRUE(exchange.result) << exchange.result.error().message();
    EXPECT_EQ(taken, kMany);
    EXPECT_LE(largest, 1U << 20U);
    EXPECT_TRUE(exchange.answer.body.empty());
    EXPECT_EQ(client.traffic().bytes_received, kMany);
}

// The rest is not read, and the next request finds a connection all the same.
TEST(HttpTake, EndsWellWhenItHadEnough) {
    ScriptedServer server([](const Seen& seen, Line& line) {
        if (seen.target == "/next") return static_cast<void>(line.send(reply(404, "gone")));
        line.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n");
        while (line.send(std::string(1U << 16U, 'x'))) {
        }
        line.close();
    });
    Client client;
    std::string got;
    const Take take = [&got](const Answer&, std::span<const std::byte> bytes) {
        got.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        return Result<bool>(got.size() < 100'000);
    };
    Exchange exchange{.request = {.url = server.url("/endless"), .take = take}};
    client.perform(exchange, {}, {});
    ASSERT_TRUE(exchange.result) << exchange.result.error().message();
    EXPECT_EQ(exchange.answer.status, 200);
    EXPECT_GE(got.size(), 100'000U);
    got.clear();
    exchange.request.url = server.url("/next");
    client.perform(exchange, {}, {});
    ASSERT_TRUE(exchange.result) << exchange.result.error().message();
    EXPECT_EQ(exchange.answer.status, 404);
    EXPECT_EQ(got, "gone");
}

TEST(HttpTake, ItsErrorEndsTheExchange) {
    ScriptedServer server([](const Seen&, Line& line) { line.send(reply(200, "hello")); });
    Client client;
    Exchange exchange{.request = {.url = server.url("/"),
                                  .take = [](const Answer&, std::span<const std::byte>) -> Result<bool> {
                                      return failure(Code::no_space, "write", "/x", "disk full");
                                  }}};
    client.perform(exchange, {}, {});
    ASSERT_FALSE(exchange.result);
    EXPECT_EQ(exchange.result.error().message(), "write /x: disk full");
    EXPECT_EQ(exchange.answer.status, 0);
}

TEST(HttpTake, ACutBodyIsAnErrorBehindWhatCame) {
    ScriptedServer server([](const Seen&, Line& line) {
        line.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhel");
        line.close();
    });
    Client client;
    std::string got;
    Exchange exchange{
        .request = {.url = server.url("/"), .take = [&got](const Answer&, std::span<const std::byte> bytes) {
                        got.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
                        return Result<bool>(true);
                    }}};
    client.perform(exchange, {}, {});
    ASSERT_FALSE(exchange.result);
    EXPECT_EQ(exchange.result.error().detail, "body cut after 3 bytes");
    EXPECT_EQ(got, "hel");
}

// Bytes that trickle are no silence, and yet there is an end.
TEST(HttpLongest, EndsWhatTrickles) {
    ScriptedServer server([](const Seen&, Line& line) {
        line.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
        line.hang([&line] { line.send("x"); });
    });
    Client client({.silence = 80ms});
    Exchange exchange{.request = {.url = server.url("/"), .longest = 200ms}};
    client.perform(exchange, {}, {});
    ASSERT_FALSE(exchange.result);
    EXPECT_EQ(exchange.result.error().code, Code::timed_out);
    EXPECT_EQ(exchange.result.error().detail, "not done after 200 ms");
    EXPECT_EQ(exchange.result.error().retry, Retry::later);
}

}  // namespace
}  // namespace haul::http
