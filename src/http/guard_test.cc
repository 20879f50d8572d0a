#include <gtest/gtest.h>
#include <netinet/in.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "http/client.h"
#include "http/literal_address.h"
#include "http/proxy.h"
#include "http/scripted_server.h"

namespace haul::http {
namespace {

Status no_address(const sockaddr&) {
    Error error = make_error(Code::denied, "connect", "", "no address is allowed here");
    error.remedy = "allow it";
    return failure(std::move(error));
}

using Values = std::vector<std::pair<const char*, std::string>>;

// Proxies as the environment names them, for as long as it lives; all others are taken away.
class Environment {
  public:
    explicit Environment(const Values& values) {
        for (const char* name : kNames) {
            if (const char* old = std::getenv(name)) old_.emplace_back(name, old);
            ::unsetenv(name);
        }
        for (const auto& [name, value] : values) ::setenv(name, value.c_str(), 1);
    }
    ~Environment() {
        for (const char* name : kNames) ::unsetenv(name);
        for (const auto& [name, value] : old_) ::setenv(name, value.c_str(), 1);
    }
    Environment(const Environment&) = delete;
    Environment& operator=(const Environment&) = delete;

  private:
    static constexpr const char* kNames[] = {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
                                             "ALL_PROXY",  "no_proxy",    "NO_PROXY"};
    std::vector<std::pair<const char*, std::string>> old_;
};

TEST(HttpGuard, SeesTheAddressThatANameHas) {
    const Environment none{Values{}};
    ScriptedServer server([](const Seen&, Line& line) { line.send(reply(200, "x")); });
    std::string url = server.url("/x?secret");
    url.replace(url.find("127.0.0.1"), 9, "localhost");
    std::vector<sa_family_t> seen;
    Client refusing({.may_connect = [&seen](const sockaddr& address) {
        seen.push_back(address.sa_family);
        return no_address(address);
    }});
    Exchange exchange{.request = {.url = url}};
    refusing.perform(exchange, {}, {});
    ASSERT_FALSE(exchange.result);
    EXPECT_EQ(exchange.result.error().code, Code::denied);
    EXPECT_EQ(exchange.result.error().root().detail, "no address is allowed here");
    EXPECT_EQ(exchange.result.error().remedy, "allow it");
    EXPECT_FALSE(exchange.result.error().message().contains("secret"));
    EXPECT_FALSE(seen.empty());
    EXPECT_EQ(server.connections(), 0U);
    Client allowing({.may_connect = [](const sockaddr&) { return Status(); }});
    allowing.perform(exchange, {}, {});
    EXPECT_TRUE(exchange.result) << exchange.result.error().message();
}

// One address is refused, another is not: the name is to be had there.
TEST(HttpGuard, TakesTheAddressThatIsAllowed) {
    const Environment none{Values{}};
    ScriptedServer server([](const Seen&, Line& line) { line.send(reply(200, "x")); });
    std::string url = server.url("/");
    url.replace(url.find("127.0.0.1"), 9, "localhost");
    Client client({.may_connect = [](const sockaddr& address) {
        return address.sa_family == AF_INET ? Status() : no_address(address);
    }});
    Exchange exchange{.request = {.url = url}};
    client.perform(exchange, {}, {});
    EXPECT_TRUE(exchange.result) << exchange.result.error().message();
}

TEST(HttpGuard, BehindAProxyLooksAtWhatStandsInTheUrl) {
    std::vector<std::string> asked;
    ScriptedServer proxy([&asked](const Seen& seen, Line& line) {
        asked.push_back(seen.target);
        line.send(reply(200, "by proxy"));
    });
    const Environment set(Values{{"http_proxy", proxy.url("")}, {"no_proxy", "direct.example"}});
    Client client({.may_connect = &no_address});
    Exchange exchange{.request = {.url = "http://media.example/a"}};
    client.perform(exchange, {}, {});
    ASSERT_TRUE(exchange.result) << exchange.result.error().message();
    EXPECT_EQ(exchange.answer.body, "by proxy");
    for (const char* url : {"http://10.0.0.1/", "http://0x0a000001/", "http://[fd00::1]/",
                            "http://localhost/", "http://x.localhost./", "http://127.0.0.1:1/"}) {
        exchange.request.url = url;
        client.perform(exchange, {}, {});
        ASSERT_FALSE(exchange.result) << url;
        EXPECT_EQ(exchange.result.error().code, Code::denied) << url;
    }
    EXPECT_EQ(asked, std::vector<std::string>{"http://media.example/a"});
}

TEST(HttpProxy, IsTheOneOfTheEnvironment) {
    const Environment set(Values{{"http_proxy", "one:1"},
                                 {"HTTPS_PROXY", "two:2"},
                                 {"no_proxy", "a.example, .b.example,192.0.2.1,[::2]"}});
    const std::pair<const char*, const char*> cases[] = {
        {"http://x.example/", "one:1"},  {"https://x.example/", "two:2"}, {"http://a.example/", ""},
        {"http://A.Example:99/", ""},    {"http://c.a.example/", ""},     {"http://b.example/", ""},
        {"http://ba.example/", "one:1"}, {"http://192.0.2.1/", ""},       {"http://192.0.2.12/", "one:1"},
        {"http://127.0.0.1/", ""},       {"http://localhost:80/", ""},
    };
    for (const auto& [url, proxy] : cases) EXPECT_EQ(proxy_for(parse_url(url).value()), proxy) << url;
    const Environment all(Values{{"ALL_PROXY", "three:3"}, {"NO_PROXY", "*"}});
    EXPECT_EQ(proxy_for(parse_url("http://x.example/").value()), "");
    const Environment unlimited(Values{{"ALL_PROXY", "three:3"}});
    EXPECT_EQ(proxy_for(parse_url("https://x.example/").value()), "three:3");
}

TEST(HttpLiteralAddress, IsFoundInEveryForm) {
    for (const char* host : {"127.0.0.1", "localhost", "a.localhost", "localhost."}) {
        const auto address = literal_address(host);
        ASSERT_TRUE(address) << host;
        EXPECT_EQ(address->as_socket_address().sa_family, AF_INET);
        EXPECT_EQ(reinterpret_cast<const sockaddr_in&>(address->storage).sin_addr.s_addr,
                  htonl(INADDR_LOOPBACK));
    }
    for (const char* host : {"[::1]", "[fe80::1%25eth0]", "[::ffff:10.0.0.1]"})
        EXPECT_EQ(literal_address(host).value().as_socket_address().sa_family, AF_INET6) << host;
    for (const char* host : {"", "a.example", "notlocalhost", "[::1", "1.2.3", "[x]"})
        EXPECT_FALSE(literal_address(host)) << host;
}

}  // namespace
}  // namespace haul::http
