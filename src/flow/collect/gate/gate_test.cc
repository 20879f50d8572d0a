#include "flow/collect/gate/gate.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "base/file.h"
#include "base/text.h"
#include "http/scripted_server.h"

namespace haul::collect {
namespace {

using http::Line;
using http::reply;
using http::ScriptedServer;
using http::Seen;
using testing::EndsWith;
using testing::StartsWith;

Status all(const sockaddr&) { return {}; }
Status none(const sockaddr&) {
    return failure(Code::denied, "connect", "", "its address is loopback, not public");
}

// The program behind the gate.
class Program {
  public:
    explicit Program(const Gate& gate)
        : address_(gate.address()), socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        at.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address_.substr(address_.rfind(':') + 1))));
        EXPECT_EQ(::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&at), sizeof at), 0);
    }
    // The header that its environment makes it send.
    [[nodiscard]] std::string login() const {
        const std::string rest = address_.substr(std::string("http://").size());
        return "Proxy-Authorization: Basic " + text::base64(rest.substr(0, rest.find('@'))) + "\r\n";
    }
    void send(std::string_view text) const {
        ASSERT_EQ(::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL),
                  static_cast<::ssize_t>(text.size()));
    }
    // Until its text ends so, or the connection does.
    [[nodiscard]] std::string receive(std::string_view end = "\n until the end \n") const {
        std::string text;
        char block[4096];
        while (!text.ends_with(end)) {
            const auto got = ::recv(socket_.get(), block, sizeof block, 0);
            if (got <= 0) break;
            text.append(block, static_cast<std::size_t>(got));
        }
        return text;
    }

  private:
    std::string address_;
    file::Fd socket_;
};

class GateTest : public testing::Test {
  protected:
    GateTest() {
        for (const char* name : {"http_proxy", "https_proxy", "all_proxy", "no_proxy"}) ::unsetenv(name);
    }
    ~GateTest() override { ::unsetenv("http_proxy"); }

    [[nodiscard]] std::string host() const { return server_.url("").substr(std::string("http://").size()); }
    std::string asked(Gate& gate, const std::string& request) {
        const Program program(gate);
        program.send(request + program.login() + "\r\n");
        return program.receive();
    }

    std::mutex lock_;
    std::vector<Seen> seen_;
    ScriptedServer server_{[this](const Seen& seen, Line& line) {
        const std::scoped_lock hold(lock_);
        seen_.push_back(seen);
        line.send(reply(200, "heard: " + seen.body, "Connection: close\r\n"));
        line.close();
    }};
};

TEST_F(GateTest, PassesRequestsOn) {
    const auto gate = Gate::open(all).value();
    const std::string got = asked(*gate, "GET " + server_.url("/a?b=c") + " HTTP/1.1\r\nHost: " + host() +
                                             "\r\nX-Own: 1\r\nProxy-Connection: keep-alive\r\n");
    EXPECT_THAT(got, AllOf(StartsWith("HTTP/1.1 200 "), EndsWith("heard: ")));
    ASSERT_EQ(seen_.size(), 1U);
    EXPECT_EQ(seen_[0].method, "GET");
    EXPECT_EQ(seen_[0].target, "/a?b=c");
    EXPECT_EQ(seen_[0].headers.at("Host"), host());
    EXPECT_EQ(seen_[0].headers.at("X-Own"), "1");
    EXPECT_EQ(seen_[0].headers.count("Proxy-Authorization"), 0U);
    EXPECT_EQ(seen_[0].headers.count("Proxy-Connection"), 0U);
}

TEST_F(GateTest, PassesBodiesOnAndNothingBehindThem) {
    const auto gate = Gate::open(all).value();
    const Program program(*gate);
    program.send("POST " + server_.url("/") + " HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n" +
                 program.login() + "\r\nhel");
    program.send("loGET http://10.0.0.1/ HTTP/1.1\r\n\r\n");
    EXPECT_THAT(program.receive("heard: hello"), EndsWith("heard: hello"));
    EXPECT_EQ(seen_.size(), 1U);
}

TEST_F(GateTest, TunnelsCarryBothWays) {
    const auto gate = Gate::open(all).value();
    const Program program(*gate);
    program.send("CONNECT " + host() + " HTTP/1.1\r\n" + program.login() + "\r\n");
    EXPECT_THAT(program.receive("\r\n\r\n"), StartsWith("HTTP/1.1 200 "));
    program.send("POST /deep HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi");
    EXPECT_THAT(program.receive(), EndsWith("heard: hi"));
    EXPECT_EQ(seen_.at(0).target, "/deep");
}

TEST_F(GateTest, ConnectsToNoAddressThatItMayNot) {
    const auto gate = Gate::open(none).value();
    const std::string port = host().substr(host().find(':'));
    for (const std::string name : {"127.0.0.1", "localhost", "2130706433", "[::ffff:127.0.0.1]"}) {
        const std::string address = name + port;
        for (const std::string& request :
             {"GET http://" + address + "/ HTTP/1.1\r\nHost: x\r\n", "CONNECT " + address + " HTTP/1.1\r\n"})
            EXPECT_THAT(asked(*gate, request),
                        StartsWith("HTTP/1.1 403 its address is loopback, not public\r\n"))
                << request;
    }
    EXPECT_EQ(server_.connections(), 0U);
}

TEST_F(GateTest, ServesNobodyElse) {
    const auto gate = Gate::open(all).value();
    for (const char* login : {"", "Proxy-Authorization: Basic aGF1bDp4\r\n"}) {
        const Program program(*gate);
        program.send("GET " + server_.url("/") + " HTTP/1.1\r\nHost: x\r\n" + login + "\r\n");
        EXPECT_THAT(program.receive(), StartsWith("HTTP/1.1 407 "));
    }
    EXPECT_EQ(server_.connections(), 0U);
}

TEST_F(GateTest, WhatItCannotPassOnIsSaid) {
    const auto gate = Gate::open(all).value();
    EXPECT_THAT(asked(*gate, "GET / HTTP/1.1\r\n"), StartsWith("HTTP/1.1 400 "));
    EXPECT_THAT(asked(*gate, "GET ftp://a/ HTTP/1.1\r\n"), StartsWith("HTTP/1.1 400 "));
    EXPECT_THAT(asked(*gate, "what is this\r\n"), StartsWith("HTTP/1.1 400 "));
    EXPECT_THAT(asked(*gate, "GET http://a/ HTTP/1.1\r\nno field\r\n"), StartsWith("HTTP/1.1 400 "));
    EXPECT_THAT(asked(*gate, "PUT http://a/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n"),
                StartsWith("HTTP/1.1 501 "));
    EXPECT_THAT(asked(*gate, "CONNECT 127.0.0.1:1 HTTP/1.1\r\n"), StartsWith("HTTP/1.1 502 "));
    const Program endless(*gate);
    endless.send("GET http://a/ HTTP/1.1\r\nX: " + std::string(70'000, 'x'));
    EXPECT_THAT(endless.receive(), AnyOf(StartsWith("HTTP/1.1 400 "), ""));  // or it is cut while it comes
}

TEST_F(GateTest, AsksTheProxyOfTheEnvironment) {
    const std::string proxy = "http://user:pa%3Ass@" + host();
    ::setenv("http_proxy", proxy.c_str(), 1);
    const auto gate = Gate::open(none).value();
    const std::string got =
        asked(*gate, "GET http://far.example.org/a HTTP/1.1\r\nHost: far.example.org\r\n");
    EXPECT_THAT(got, EndsWith("heard: "));
    ASSERT_EQ(seen_.size(), 1U);
    EXPECT_EQ(seen_[0].target, "http://far.example.org/a");
    EXPECT_EQ(seen_[0].headers.at("Proxy-Authorization"), "Basic " + text::base64("user:pa:ss"));
    // What stands in the request is looked at here: that proxy has another neighbourhood.
    EXPECT_THAT(asked(*gate, "GET http://10.0.0.1/ HTTP/1.1\r\nHost: x\r\n"), StartsWith("HTTP/1.1 403 "));
    EXPECT_THAT(asked(*gate, "GET " + server_.url("/") + " HTTP/1.1\r\nHost: x\r\n"),
                StartsWith("HTTP/1.1 403 "));
    EXPECT_EQ(server_.connections(), 1U);
    ::setenv("http_proxy", "socks5://127.0.0.1:1", 1);
    EXPECT_THAT(asked(*gate, "GET http://far.example.org/a HTTP/1.1\r\nHost: x\r\n"),
                StartsWith("HTTP/1.1 501 "));
}

TEST_F(GateTest, EndsWithAllThatGoesThroughIt) {
    auto gate = Gate::open(all).value();
    const Program program(*gate);
    program.send("CONNECT " + host() + " HTTP/1.1\r\n" + program.login() + "\r\n");
    EXPECT_THAT(program.receive("\r\n\r\n"), StartsWith("HTTP/1.1 200 "));
    gate.reset();
    EXPECT_EQ(program.receive(), "");
}

TEST_F(GateTest, ManyAtOnce) {
    const auto gate = Gate::open(all).value();
    std::vector<std::jthread> threads;
    threads.reserve(40);
    for (int one = 0; one < 40; ++one)
        threads.emplace_back([&] {
            EXPECT_THAT(asked(*gate, "GET " + server_.url("/") + " HTTP/1.1\r\nHost: x\r\n"),
                        EndsWith("heard: "));
        });
    threads.clear();
    EXPECT_EQ(seen_.size(), 40U);
}

}  // namespace
}  // namespace haul::collect
