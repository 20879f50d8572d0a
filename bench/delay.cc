// A long line for benchmarks: bench_delay PORT MILLISECONDS listens on a free port of 127.0.0.1, prints it,
// and relays each connection to 127.0.0.1:PORT, every byte half of MILLISECONDS late each way.
//
// A delay alone: any number of bytes are on the way at once, as on a fast line over a long distance. The
// proxy of the tests delays too, but a Python thread has a limit of its own that would be measured in place
// of the delay. Ends with its standard input.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <memory>
#include <unordered_map>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kRead = std::size_t{256} << 10U;
constexpr std::size_t kMostOnTheWay = std::size_t{64} << 20U;  // a direction of a connection

struct Chunk {
    Clock::time_point due;
    std::vector<char> bytes;  // empty: the end
    std::size_t sent = 0;
};

// What goes from one socket to the other.
struct Direction {
    int from = -1;
    int to = -1;
    std::deque<Chunk> on_the_way;
    std::size_t bytes = 0;
    bool ended = false;    // nothing more comes from `from`
    bool passed = false;   // and `to` has been told
    bool blocked = false;  // `to` takes no more for now
};

struct Connection {
    std::array<Direction, 2> ways;
    bool broken = false;
};

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

[[noreturn]] void fail(const char* what) {
    std::perror(what);
    std::exit(1);
}

class Relay {
  public:
    Relay(std::uint16_t upstream, std::chrono::microseconds one_way)
        : upstream_(upstream), one_way_(one_way), poll_(::epoll_create1(EPOLL_CLOEXEC)) {
        listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        sockaddr_in address = loopback(0);
        socklen_t size = sizeof address;
        // NOLINTBEGIN(*-reinterpret-cast): what the socket interface asks for
        if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
            ::listen(listener_, 1024) != 0 ||
            ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
            fail("listen");
        // NOLINTEND(*-reinterpret-cast)
        std::printf("%u\n", unsigned{ntohs(address.sin_port)});
        std::fflush(stdout);
        watch(listener_, EPOLLIN);
        watch(STDIN_FILENO, EPOLLIN);
    }

    void run() {
        std::array<epoll_event, 256> events{};
        for (;;) {
            const int count =
                ::epoll_wait(poll_, events.data(), static_cast<int>(events.size()), milliseconds_to_next());
            for (int i = 0; i < count; ++i) {
                const epoll_event& event = events.at(static_cast<std::size_t>(i));
                if (event.data.fd == STDIN_FILENO) return;
                if (event.data.fd == listener_)
                    accept_all();
                else
                    handle(event.data.fd, event.events);
            }
            deliver_due();
        }
    }

  private:
    void watch(int fd, std::uint32_t what) const {
        epoll_event event{};
        event.events = what;
        event.data.fd = fd;
        if (::epoll_ctl(poll_, EPOLL_CTL_ADD, fd, &event) != 0) fail("watch");
    }

    void accept_all() {
        for (;;) {
            const int near = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
            if (near < 0) return;
            const int far = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
            const sockaddr_in address = loopback(upstream_);
            // NOLINTNEXTLINE(*-reinterpret-cast): what the socket interface asks for
            if (::connect(far, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
                fail("connect");
            const int on = 1;
            for (const int fd : {near, far}) {
                ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
                watch(fd, EPOLLIN | EPOLLOUT | EPOLLET);
            }
            auto connection = std::make_shared<Connection>();
            connection->ways[0].from = connection->ways[1].to = near;
            connection->ways[0].to = connection->ways[1].from = far;
            connections_[near] = connections_[far] = connection;
        }
    }

    void handle(int fd, std::uint32_t what) {
        const auto found = connections_.find(fd);
        if (found == connections_.end()) return;
        const std::shared_ptr<Connection> connection = found->second;
        for (Direction& way : connection->ways) {
            if (way.from == fd && (what & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) take(*connection, way);
            if (way.to == fd && (what & EPOLLOUT) != 0) {
                way.blocked = false;
                deliver(*connection, way);
            }
        }
        end_if_done(*connection);
    }

    void take(Connection& connection, Direction& way) {
        while (!way.ended && way.bytes < kMostOnTheWay) {
            std::vector<char> bytes(kRead);
            const ssize_t got = ::recv(way.from, bytes.data(), bytes.size(), MSG_DONTWAIT);
            if (got < 0) {
                if (errno != EAGAIN) connection.broken = true;
                return;
            }
            bytes.resize(static_cast<std::size_t>(got));
            way.ended = got == 0;
            way.bytes += bytes.size();
            const Clock::time_point due = Clock::now() + one_way_;
            way.on_the_way.push_back({.due = due, .bytes = std::move(bytes)});
            dues_.push_back({.due = due, .from = way.from});
        }
    }

    void deliver(Connection& connection, Direction& way) {
        const Clock::time_point now = Clock::now();
        while (!way.on_the_way.empty() && !way.blocked && way.on_the_way.front().due <= now) {
            Chunk& chunk = way.on_the_way.front();
            if (chunk.bytes.empty()) {
                ::shutdown(way.to, SHUT_WR);
                way.passed = true;
                way.on_the_way.pop_front();
                continue;
            }
            const ssize_t sent = ::send(way.to, chunk.bytes.data() + chunk.sent,
                                        chunk.bytes.size() - chunk.sent, MSG_NOSIGNAL | MSG_DONTWAIT);
            if (sent < 0) {
                way.blocked = errno == EAGAIN;
                connection.broken = connection.broken || !way.blocked;
                return;
            }
            chunk.sent += static_cast<std::size_t>(sent);
            way.bytes -= static_cast<std::size_t>(sent);
            if (chunk.sent == chunk.bytes.size()) way.on_the_way.pop_front();
        }
        take(connection, way);  // there may be room again, and edges are told once
    }

    void deliver_due() {
        const Clock::time_point now = Clock::now();
        while (!dues_.empty() && dues_.front().due <= now) {
            const int from = dues_.front().from;
            dues_.pop_front();
            const auto found = connections_.find(from);
            if (found == connections_.end()) continue;
            const std::shared_ptr<Connection> connection = found->second;
            for (Direction& way : connection->ways)
                if (way.from == from) deliver(*connection, way);
            end_if_done(*connection);
        }
    }

    void end_if_done(const Connection& connection) {
        const bool done = connection.ways[0].passed && connection.ways[1].passed;
        if (!done && !connection.broken) return;
        const int near = connection.ways[0].from;
        const int far = connection.ways[0].to;
        for (const int fd : {near, far})
            if (connections_.erase(fd) == 1) ::close(fd);
    }

    [[nodiscard]] int milliseconds_to_next() const {
        if (dues_.empty()) return -1;
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(dues_.front().due - Clock::now());
        return left.count() < 0 ? 0 : static_cast<int>(left.count());
    }

    struct Due {
        Clock::time_point due;
        int from = -1;
    };
    std::uint16_t upstream_;
    std::chrono::microseconds one_way_;
    int poll_ = -1;
    int listener_ = -1;
    std::unordered_map<int, std::shared_ptr<Connection>> connections_;
    std::deque<Due> dues_;  // in order: each byte is as late as any other
};

}  // namespace

int main(int count, char** words) {
    if (count != 3) {
        std::fprintf(stderr, "usage: bench_delay PORT MILLISECONDS\n");
        return 2;
    }
    const auto port = static_cast<std::uint16_t>(std::strtoul(words[1], nullptr, 10));
    const auto both = std::chrono::duration<double, std::milli>(std::strtod(words[2], nullptr));
    Relay(port, std::chrono::duration_cast<std::chrono::microseconds>(both / 2)).run();
    return 0;
}
