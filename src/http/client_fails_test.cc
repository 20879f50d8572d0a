// How requests end that get no whole answer: stop, silence, reset, names, certificates.
#include <gtest/gtest.h>

#include <future>
#include <latch>
#include <optional>
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
    std::latch arrived(2);
    ScriptedServer server([&arrived](const Seen&, Line& line) {
        line.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe");
        arrived.count_down();
        line.hang();
    });
    Client client({.connections = 2});
    std::vector<Exchange> exchanges(5);
    for (auto& each : exchanges) each.request.url = server.url("/x?secret");
    std::stop_source source;
    const std::jthread stopper([&] {
        arrived.wait();
        source.request_stop();
    });
    client.perform(exchanges, {}, source.get_token());
    for (const auto& each : exchanges) {
        ASSERT_FALSE(each.result);
        EXPECT_EQ(each.result.error().code, Code::interrupted);
        EXPECT_EQ(each.result.error().message(), "GET " + server.url("/x") + ": stopped on request");
    }
    EXPECT_EQ(client.traffic().failures, 0U);
    // The client works on.
    client.perform(exchanges, {}, source.get_token());
    EXPECT_EQ(server.connections(), 2U);
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
    EXPECT_EQ(exchange.result.error().detail, "the connection was lost: Connection reset by peer");
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

}  // namespace
}  // namespace haul::http
