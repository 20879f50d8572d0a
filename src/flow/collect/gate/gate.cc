#include "flow/collect/gate/gate.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <list>
#include <thread>
#include <utility>

#include "base/file.h"
#include "base/random.h"
#include "base/text.h"
#include "flow/collect/gate/connect.h"
#include "flow/collect/gate/relay.h"
#include "flow/collect/gate/request.h"
#include "flow/collect/gate/upstream.h"
#include "http/literal_address.h"
#include "http/proxy.h"

namespace haul::collect {
namespace {

constexpr std::size_t kLongestHead = std::size_t{64} << 10U;
constexpr std::chrono::seconds kLongestWait{30};  // for a head, or to get rid of one
constexpr const char* kUser = "haul";

// Everything goes to a proxy that the environment names: it is the user's, wherever it lies.
Status may_always(const sockaddr&) { return {}; }

// Up to the empty line, and what came behind it.
struct Head {
    std::string text{}, rest{};
};
Result<Head> read_head(int client, const std::stop_token& stop) {
    Head head;
    while (true) {
        TRY(gate::wait_for(client, POLLIN, kLongestWait, stop));
        char block[4096];
        const ::ssize_t got = ::recv(client, block, sizeof block, 0);
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
        if (got <= 0) return failure(Code::unavailable, "read", "a request to the gate", "it was cut");
        head.text.append(block, static_cast<std::size_t>(got));
        const std::size_t end = head.text.find("\r\n\r\n");
        if (end != std::string::npos) {
            head.rest = head.text.substr(end + 4);
            head.text.resize(end + 4);
            return head;
        }
        if (head.text.size() > kLongestHead)
            return failure(Code::corrupt, "read", "a request to the gate", "its head has no end");
    }
}

void send_all(int socket, std::string_view bytes, const std::stop_token& stop) {
    while (!bytes.empty()) {
        const ::ssize_t put = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (put > 0) bytes.remove_prefix(static_cast<std::size_t>(put));
        if (put < 0 && errno != EAGAIN && errno != EINTR) return;
        if (put < 0 && !gate::wait_for(socket, POLLOUT, kLongestWait, stop)) return;
    }
}

std::string answer(int status, std::string_view reason, std::string_view fields = "") {
    return fmt::format("HTTP/1.1 {} {}\r\n{}Content-Length: 0\r\nConnection: close\r\n\r\n", status,
                       text::printable(reason), fields);
}

// The reason is what programs show of it.
std::string refusal(const Error& error) {
    const std::string& why = error.root().detail;
    switch (error.code) {
        case Code::denied:
            return answer(403, why);
        case Code::corrupt:
            return answer(400, why);
        case Code::unsupported:
            return answer(501, why);
        case Code::timed_out:
            return answer(504, why);
        default:
            return answer(502, why);
    }
}

}  // namespace

class Gate::Server {
  public:
    Server(file::Fd listener, std::uint16_t port, MayConnect may_connect)
        : listener_(std::move(listener)), may_connect_(std::move(may_connect)) {
        const std::string password = random::token_hex();
        address_ = fmt::format("http://{}:{}@127.0.0.1:{}", kUser, password, port);
        authorization_ = "Basic " + text::base64(fmt::format("{}:{}", kUser, password));
        acceptor_ = std::jthread([this](const std::stop_token& stop) { accept_all(stop); });
    }
    [[nodiscard]] const std::string& address() const { return address_; }

  private:
    struct Connection {
        std::atomic<bool> done = false;
        std::jthread thread{};
    };

    void accept_all(const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            connections_.remove_if([](const Connection& one) { return one.done.load(); });
            const bool is_full = connections_.size() >= kMostConnections;
            if (!gate::wait_for(is_full ? -1 : listener_.get(), POLLIN, kSlice, stop)) continue;
            file::Fd client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
            if (client.valid()) begin(std::move(client));
            // Without descriptors the listener stays readable.
            else if (errno != EAGAIN)
                std::this_thread::sleep_for(kSlice);
        }
        for (Connection& one : connections_) one.thread.request_stop();
        connections_.clear();
    }

    void begin(file::Fd client) {
        Connection& made = connections_.emplace_back();
        made.thread = std::jthread([this, &made, client = std::move(client)](const std::stop_token& stop) {
            serve(client.get(), stop);
            made.done = true;
        });
    }

    void serve(int client, const std::stop_token& stop) const {
        auto head = read_head(client, stop);
        if (!head) return send_all(client, refusal(head.error()), stop);
        const auto request = gate::read_request(head->text);
        if (!request) return send_all(client, refusal(request.error()), stop);
        if (request->authorization != authorization_)
            return send_all(
                client,
                answer(407, "Proxy Authentication Required", "Proxy-Authenticate: Basic realm=\"haul\"\r\n"),
                stop);
        const std::string proxy = http::proxy_for(request->url);
        Status passed = proxy.empty() ? pass_to_host(client, *request, std::move(head->rest), stop)
                                      : pass_to_proxy(client, *request, proxy, std::move(head->rest), stop);
        if (!passed) send_all(client, refusal(passed.error()), stop);
    }

    Status pass_to_host(int client, const gate::Request& request, std::string rest,
                        const std::stop_token& stop) const {
        const file::Fd host = TRY(gate::connect_to(request.url.host, request.url.port, may_connect_, stop));
        if (request.is_tunnel) {
            send_all(client, "HTTP/1.1 200 Connection established\r\n\r\n", stop);
            gate::relay({.client = client, .host = host.get(), .first = std::move(rest)}, stop);
        } else {
            relay_body(client, host, request, gate::head_for_host(request), std::move(rest), stop);
        }
        return {};
    }

    Status pass_to_proxy(int client, const gate::Request& request, const std::string& proxy, std::string rest,
                         const std::stop_token& stop) const {
        TRY(check_numbers(request.url));
        const gate::Upstream upstream = TRY(gate::read_upstream(proxy));
        const file::Fd host = TRY(gate::connect_to(upstream.host, upstream.port, may_always, stop));
        std::string head = gate::head_for_proxy(request, upstream.authorization);
        if (request.is_tunnel)
            gate::relay({.client = client, .host = host.get(), .first = std::move(head) + rest}, stop);
        else
            relay_body(client, host, request, std::move(head), std::move(rest), stop);
        return {};
    }

    // One request a connection: what comes behind its body is for nobody.
    static void relay_body(int client, const file::Fd& host, const gate::Request& request, std::string head,
                           std::string rest, const std::stop_token& stop) {
        if (rest.size() > request.body) rest.resize(static_cast<std::size_t>(request.body));
        const std::uint64_t more = request.body - rest.size();
        gate::relay({.client = client, .host = host.get(), .first = std::move(head) + rest, .more = more},
                    stop);
    }

    // Of a host that another proxy looks up, what stands in the request itself.
    [[nodiscard]] Status check_numbers(const http::Url& url) const {
        const auto literal = http::literal_address(url.host);
        return literal ? may_connect_(literal->as_socket_address()) : Status();
    }

    static constexpr std::chrono::milliseconds kSlice{100};

    file::Fd listener_;
    MayConnect may_connect_;
    std::string address_, authorization_;
    std::list<Connection> connections_;  // the acceptor's
    std::jthread acceptor_;              // ends before what it uses
};

Gate::Gate(std::unique_ptr<Server> server) : server_(std::move(server)) {}
Gate::~Gate() = default;

const std::string& Gate::address() const { return server_->address(); }

Result<std::unique_ptr<Gate>> Gate::open(MayConnect may_connect) {
    const auto failed = [] {
        return failure(os_error(errno, "open", "the gate of this machine's programs"));
    };
    file::Fd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!listener.valid()) return failed();
    sockaddr_in own{};
    own.sin_family = AF_INET;
    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::socklen_t size = sizeof own;
    auto* const address = reinterpret_cast<sockaddr*>(&own);
    if (::bind(listener.get(), address, size) != 0 || ::listen(listener.get(), SOMAXCONN) != 0 ||
        ::getsockname(listener.get(), address, &size) != 0)
        return failed();
    auto server = std::make_unique<Server>(std::move(listener), ntohs(own.sin_port), std::move(may_connect));
    return std::unique_ptr<Gate>(new Gate(std::move(server)));
}

}  // namespace haul::collect
