// What a Client knows of an origin's last signs of life.
#include "http/pulse.h"

#include <gtest/gtest.h>

#include <future>
#include <string>
#include <vector>

#include "base/clock.h"
#include "http/client.h"
#include "http/scripted_server.h"

namespace haul::http {
namespace {

using namespace std::chrono_literals;

class HttpPulse : public testing::Test {
  protected:
    clock::Fixed fixed_{1000s, 1000s};
    Client client_{{.connections = 2, .silence = 400ms, .computed_silence = 1h}};

    void get(const std::string& url) {
        Exchange exchange{.request = {.url = url}};
        client_.perform(exchange, {}, {});
    }
};

TEST_F(HttpPulse, AnAnswerIsASuccessAndAFailureIsNone) {
    ScriptedServer server([](const Seen& seen, Line& line) {
        if (seen.target == "/reset") return line.reset();
        line.send(reply(std::stoi(seen.target.substr(1)), "body"));
    });
    EXPECT_EQ(client_.life(server.url("/")).last(), 0s);
    get(server.url("/503"));
    EXPECT_EQ(client_.life(server.url("/")).last(), 0s);
    get(server.url("/404"));
    EXPECT_EQ(client_.life(server.url("/")).succeeded, 1000s);
    fixed_.advance(10s);
    for (const char* failing : {"/500", "/429", "/reset"}) get(server.url(failing));
    EXPECT_EQ(client_.life(server.url("/")).last(), 1000s);
    get(server.url("/200"));
    EXPECT_EQ(client_.life(server.url("/any")).succeeded, 1010s);
    EXPECT_EQ(client_.life("http://127.0.0.1:1/").last(), 0s);
}

TEST_F(HttpPulse, BytesOfABodyAreASignOfLife) {
    ScriptedServer server([this](const Seen& seen, Line& line) {
        if (seen.target != "/nothing")
            line.send("HTTP/1.1 " + seen.target.substr(1) + " Text\r\nContent-Length: 5\r\n\r\nhe");
        line.hang([this] { fixed_.advance(250ms); });
    });
    for (const char* silent : {"/nothing", "/503"}) get(server.url(silent));
    EXPECT_EQ(client_.life(server.url("/")).last(), 0s) << "neither silence nor half an error";
    get(server.url("/200"));
    EXPECT_GE(client_.life(server.url("/")).moved, 1000s);
    EXPECT_EQ(client_.life(server.url("/")).succeeded, 0s);
}

// Where the connection is cut after minutes of work, the service was there until then.
TEST_F(HttpPulse, AServiceThatComputesLives) {
    std::promise<void> at_work;
    std::promise<void> seen_at_work;
    ScriptedServer server([&](const Seen& seen, Line& line) {
        if (seen.target == "/computed") {
            at_work.set_value();
            seen_at_work.get_future().wait();
            return line.reset();
        }
        // Each is sent after the client has looked at what is under way.
        if (seen.target == "/first") at_work.get_future().wait();
        fixed_.advance(100s);
        if (seen.target == "/second") seen_at_work.set_value();
        line.send(reply(500, ""));
    });
    const std::string body = "parts";
    std::vector<Exchange> exchanges(3);
    exchanges[0].request = {.method = "POST",
                            .url = server.url("/computed"),
                            .body = std::as_bytes(std::span(body)),
                            .computed = true};
    exchanges[1].request.url = server.url("/first");
    exchanges[2].request.url = server.url("/second");
    client_.perform(exchanges, {}, {});
    EXPECT_FALSE(exchanges[0].result);
    EXPECT_EQ(client_.life(server.url("/")).moved, 1200s);
}

}  // namespace
}  // namespace haul::http
