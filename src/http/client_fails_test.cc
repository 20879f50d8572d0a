// How requests end that get no whole answer: stop, silence, reset, names, certificates.
#include <gtest/gtest.h>

#include <future>
#include <latch>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "http/client.h"
#include "http/scripted_server.h"
#include "http/scripted_tls.h"

namespace haul::http {
namespace {

using namespace std::chrono_literals;

TEST(HttpClientFails, AStopEndsAllAtOnce) {
    for (const std::string path : {"/nothing", "/half"}) {
        std::latch arrived(1);
        ScriptedServer server([&arrived](const Seen& seen, Line& line) {
            if (seen.target == "/first") return static_cast<void>(line.send(reply(200, "")));
            if (seen.target == "/half") line.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe");
            arrived.count_down();
            line.hang();
        });
        // Nothing but the stop ends its waiting: no limit, and no timer of libcurl's for new connections.
        Client client({.connections = 1, .connect_timeout = 1h, .silence = 1h, .computed_silence = 1h});
        std::vector<Exchange> exchanges(5);
        exchanges[0].request.url = server.url("/first");
        client.perform(std::span(exchanges).first(1), {}, {});
        EXPECT_TRUE(exchanges[0].result);
        for (auto& each : exchanges) each.request.url = server.url(path);
        std::stop_source source;
        const std::jthread stopper([&] {
            arrived.wait();
            source.request_stop();
        });
        client.perform(exchanges, {}, source.get_token());
        for (const auto& each : exchanges) {
            ASSERT_FALSE(each.result);
            EXPECT_EQ(each.result.error().code, Code::interrupted);
            EXPECT_EQ(each.result.error().message(), "GET " + server.url(path) + ": stopped on request");
        }
        EXPECT_EQ(client.traffic().failures, 0U);
        // Stopped before it began: nothing is sent.
        client.perform(exchanges, {}, source.get_token());
        EXPECT_EQ(client.traffic().requests, 2U);
    }
}

// The clock stands still but for what the scripts move: nothing here depends on the machine's speed.
class HttpClientSilence : public testing::Test {
  protected:
    clock::Fixed fixed_{1000s, 1000s};
    ClientOptions options_{.silence = 400ms, .computed_silence = 2s};
};

TEST_F(HttpClientSilence, IsGivenUp) {
    ScriptedServer server([this](const Seen& seen, Line& line) {
        if (seen.target == "/half") line.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe");
        line.hang([this] { fixed_.advance(250ms); });
    });
    for (const char* path : {"/nothing", "/half"}) {
        Client client(options_);
        Exchange exchange{.request = {.url = server.url(path)}};
        client.perform(exchange, {}, {});
        ASSERT_FALSE(exchange.result);
        EXPECT_EQ(exchange.result.error().code, Code::unavailable);
        EXPECT_EQ(exchange.result.error().retry, Retry::later);
        EXPECT_EQ(exchange.result.error().detail, "no byte for 400 ms");
    }
}

// Else a caller of many would learn of a silent host after as many rounds as its places are too few for.
TEST_F(HttpClientSilence, IsKnownToThoseThatWait) {
    std::latch both(2);
    ScriptedServer server([&](const Seen&, Line& line) {
        both.arrive_and_wait();
        line.hang([this] { fixed_.advance(250ms); });
    });
    options_.connections = 2;
    Client client(options_);
    std::vector<Exchange> exchanges(9);
    for (auto& each : exchanges) each.request.url = server.url("/x");
    client.perform(exchanges, {}, {});
    EXPECT_EQ(client.traffic().requests, 2U);
    for (std::size_t at = 0; at < exchanges.size(); ++at) {
        ASSERT_FALSE(exchanges[at].result);
        EXPECT_EQ(exchanges[at].result.error().retry, Retry::later);
        EXPECT_EQ(exchanges[at].result.error().detail,
                  at < 2 ? "no byte for 400 ms" : "not begun: its host was silent for 400 ms");
    }
}

TEST_F(HttpClientSilence, OfOneRequestIsNotItsHosts) {
    ScriptedServer server([&](const Seen& seen, Line& line) {
        if (seen.target == "/silent") return line.hang();
        fixed_.advance(100ms);
        line.send(reply(200, ""));
    });
    options_.connections = 2;
    Client client(options_);
    std::vector<Exchange> exchanges(40);
    for (auto& each : exchanges) each.request.url = server.url("/x");
    exchanges[0].request.url = server.url("/silent");
    client.perform(exchanges, {}, {});
    EXPECT_FALSE(exchanges[0].result);
    for (const auto& each : std::span(exchanges).subspan(1))
        EXPECT_TRUE(each.result) << each.result.error().message();
}

TEST_F(HttpClientSilence, IsLongerWhereTheServiceComputes) {
    std::latch both(2);
    std::promise<void> plain_over;
    ScriptedServer server([&](const Seen& seen, Line& line) {
        if (seen.target == "/last") return line.hang([this] { fixed_.advance(250ms); });
        both.arrive_and_wait();
        if (seen.target == "/computed") {
            plain_over.get_future().wait();
            line.send(reply(200, "done"));
            return;
        }
        fixed_.advance(450ms);
        line.hang();
        plain_over.set_value();
    });
    Client client(options_);
    const std::string body = "parts";
    std::vector<Exchange> exchanges(2);
    exchanges[0].request = {.method = "POST",
                            .url = server.url("/computed"),
                            .body = std::as_bytes(std::span(body)),
                            .computed = true};
    exchanges[1].request.url = server.url("/plain");
    client.perform(exchanges, {}, {});
    EXPECT_TRUE(exchanges[0].result) << exchanges[0].result.error().message();
    EXPECT_EQ(exchanges[0].answer.body, "done");
    ASSERT_FALSE(exchanges[1].result);
    exchanges[0].request.url = server.url("/last");
    client.perform(std::span(exchanges).first(1), {}, {});
    ASSERT_FALSE(exchanges[0].result);
    EXPECT_EQ(exchanges[0].result.error().detail, "no byte for 2 s");
}

// One byte each 10 s where 30 s are allowed. Each ping is sent after the client has looked at its transfers.
TEST(HttpClientTrickle, IsNoSilence) {
    clock::Fixed fixed(1000s, 1000s);
    constexpr std::size_t kBytes = 12;
    std::promise<Line*> trickle;
    std::promise<void> over;
    auto line_of = trickle.get_future().share();
    ScriptedServer server([&](const Seen& seen, Line& line) {
        if (seen.target == "/trickle") {
            line.send("HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n");
            trickle.set_value(&line);
            return over.get_future().wait();
        }
        line_of.get()->send("x");
        fixed.advance(10s);
        line.send(reply(200, ""));
    });
    Client client({.connections = 2});
    std::vector<Exchange> exchanges(1 + kBytes);
    std::vector<std::byte> into(kBytes);
    exchanges[0].request = {.url = server.url("/trickle"), .into = into};
    for (std::size_t i = 1; i < exchanges.size(); ++i) exchanges[i].request.url = server.url("/ping");
    client.perform(exchanges, {}, {});
    over.set_value();
    for (const auto& each : exchanges) EXPECT_TRUE(each.result) << each.result.error().message();
    EXPECT_EQ(into, std::vector<std::byte>(kBytes, std::byte{'x'}));
}

TEST(HttpClientFails, AResetSaysSo) {
    ScriptedServer server([](const Seen&, Line& line) { line.reset(); });
    Client client;
    Exchange exchange{.request = {.url = server.url("/x")}};
    client.perform(exchange, {}, {});
    ASSERT_FALSE(exchange.result);
    EXPECT_EQ(exchange.result.error().code, Code::unavailable);
    EXPECT_EQ(exchange.result.error().retry, Retry::later);
    EXPECT_EQ(exchange.result.error().detail,
              "the connection was lost: Recv failure: Connection reset by peer");
}

TEST(HttpClientFails, ANameThatIsNotFoundSaysSo) {
    Client client;
    // Longer than a label may be: refused without asking anyone.
    Exchange exchange{.request = {.url = "http://" + std::string(70, 'a') + ".invalid/x"}};
    client.perform(exchange, {}, {});
    ASSERT_FALSE(exchange.result);
    EXPECT_EQ(exchange.result.error().code, Code::unavailable);
    EXPECT_EQ(exchange.result.error().detail, "the host's name was not found (DNS)");
    EXPECT_FALSE(exchange.result.error().remedy.empty());
}

TEST(HttpClientFails, CertificatesAreChecked) {
    const std::string file = testing::TempDir() + "/http_client_ca.pem", other = file + ".other";
    const Tls tls(file), stranger(other);
    ScriptedServer server([](const Seen&, Line& line) { line.send(reply(200, "ok")); },
                          [&tls](int socket) { return tls.accept(socket); });
    const struct {
        std::string_view name;
        std::string ca_file, host;
        bool good;
    } cases[] = {
        {"signed by itself", "", "127.0.0.1", false},
        {"known", file, "127.0.0.1", true},
        {"another is known", other, "127.0.0.1", false},
        {"made for another name", file, "localhost", false},
        {"no such file", file + ".none", "127.0.0.1", false},
    };
    for (const auto& row : cases) {
        SCOPED_TRACE(row.name);
        Client client({.ca_file = row.ca_file});
        std::string url = server.url("/x", "https");
        url.replace(url.find("127.0.0.1"), 9, row.host);
        Exchange exchange{.request = {.url = url}};
        client.perform(exchange, {}, {});
        ASSERT_EQ(exchange.result.has_value(), row.good);
        if (row.good) {
            EXPECT_EQ(exchange.answer.body, "ok");
            continue;
        }
        EXPECT_EQ(exchange.result.error().code, Code::denied) << exchange.result.error().message();
        EXPECT_EQ(exchange.result.error().retry, Retry::never);
        EXPECT_FALSE(exchange.result.error().remedy.empty());
    }
}

TEST(HttpClientFails, PlainHttpAtAnHttpsAddressSaysSo) {
    ScriptedServer server([](const Seen&, Line&) {},
                          [](int socket) {
                              auto line = std::make_unique<Line>(socket);
                              line->send("HTTP/1.1 400 Bad Request\r\n\r\n");
                              return line;
                          });
    Client client;
    Exchange exchange{.request = {.url = server.url("/x", "https")}};
    client.perform(exchange, {}, {});
    ASSERT_FALSE(exchange.result);
    EXPECT_EQ(exchange.result.error().code, Code::unavailable) << exchange.result.error().message();
    EXPECT_TRUE(exchange.result.error().detail.starts_with("no TLS: ")) << exchange.result.error().message();
}

// A port whose queue of connections is full: the kernel drops what else arrives.
TEST(HttpClientFails, AHostThatDoesNotAnswerIsGivenUp) {
    const file::Fd listener(::socket(AF_INET, SOCK_STREAM, 0));
    ASSERT_TRUE(listener.valid());
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ASSERT_EQ(::bind(listener.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
    ASSERT_EQ(::listen(listener.get(), 0), 0);
    ASSERT_EQ(::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    std::vector<file::Fd> fillers;
    for (int i = 0; i < 4; ++i) {
        fillers.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
        [[maybe_unused]] const int later =
            ::connect(fillers.back().get(), reinterpret_cast<sockaddr*>(&address), size);
    }
    Client client({.connect_timeout = 50ms});
    Exchange exchange{.request = {.url = fmt::format("http://127.0.0.1:{}/x", ntohs(address.sin_port))}};
    client.perform(exchange, {}, {});
    ASSERT_FALSE(exchange.result);
    EXPECT_EQ(exchange.result.error().code, Code::unavailable);
    EXPECT_TRUE(exchange.result.error().detail.starts_with("could not connect: "))
        << exchange.result.error().message();
    EXPECT_FALSE(exchange.result.error().remedy.empty());
}

}  // namespace
}  // namespace haul::http
