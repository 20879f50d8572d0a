// For tests: an HTTP/1.1 server on 127.0.0.1 whose answers are written by the test, byte by byte where it
// likes.
//
// One thread a connection; the script runs on it and may wait for whatever the test tells it. Given a
// certificate it speaks TLS (scripted_tls.h).
#pragma once

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "base/file.h"

namespace haul::http {

// Headers as text: "name: value\r\n" each.
inline std::string reply(int status, std::string_view body, std::string_view headers = "") {
    return fmt::format("HTTP/1.1 {} Text\r\n{}Content-Length: {}\r\n\r\n{}", status, headers, body.size(),
                       body);
}

// The server's end of a connection. The server closes it.
class Line {
  public:
    explicit Line(int socket) : socket_(socket) {}
    virtual ~Line() = default;
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;
    virtual long receive(char* into, std::size_t room) { return ::recv(socket_, into, room, 0); }
    virtual bool send(std::string_view bytes) {
        while (!bytes.empty()) {
            const auto put = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (put <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(put));
        }
        return true;
    }
    // Nothing is sent any more; the connection ends when the client closes it.
    void hang() {
        char byte = 0;
        while (receive(&byte, 1) > 0) {
        }
        open_ = false;
    }
    // Likewise, and calls `each` now and then until then.
    void hang(const std::function<void()>& each) {
        ::pollfd watched{.fd = socket_, .events = POLLIN, .revents = 0};
        do each();
        while (::poll(&watched, 1, 5) == 0);
        hang();
    }
    void close() { open_ = false; }
    void reset() {
        const linger now{.l_onoff = 1, .l_linger = 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        open_ = false;
    }
    [[nodiscard]] bool is_open() const { return open_; }

  protected:
    int socket_;

  private:
    bool open_ = true;
};

struct Seen {
    std::string method, target, body;
    std::map<std::string, std::string> headers;  // names as sent
    std::uint64_t connection = 0;                // 1, 2, ...
};

class ScriptedServer {
  public:
    using Script = std::function<void(const Seen&, Line&)>;
    using Wrap = std::function<std::unique_ptr<Line>(int socket)>;  // null: the handshake failed

    explicit ScriptedServer(
        Script script, Wrap wrap = [](int socket) { return std::make_unique<Line>(socket); })
        : script_(std::move(script)), wrap_(std::move(wrap)), listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        ::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address);
        ::listen(listener_.get(), 1024);
        socklen_t size = sizeof address;
        ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size);
        port_ = ntohs(address.sin_port);
        accepting_ = std::thread([this] { accept_all(); });
    }
    ~ScriptedServer() {
        ending_ = true;
        ::shutdown(listener_.get(), SHUT_RDWR);
        accepting_.join();
        {
            const std::scoped_lock hold(lock_);
            for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
        }
        for (auto& thread : threads_) thread.join();
    }
    ScriptedServer(const ScriptedServer&) = delete;
    ScriptedServer& operator=(const ScriptedServer&) = delete;

    [[nodiscard]] std::string url(std::string_view path, std::string_view scheme = "http") const {
        return fmt::format("{}://127.0.0.1:{}{}", scheme, port_, path);
    }
    [[nodiscard]] std::uint64_t connections() const { return connections_; }

  private:
    void accept_all() {
        while (true) {
            const int socket = ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC);
            if (socket < 0) return;
            const std::scoped_lock hold(lock_);
            if (ending_) {
                ::close(socket);
                return;
            }
            sockets_.push_back(socket);
            const auto number = ++connections_;
            threads_.emplace_back([this, socket, number] { serve(socket, number); });
        }
    }
    void serve(int socket, std::uint64_t number) {
        const auto line = wrap_(socket);
        std::string bytes;
        Seen seen;
        seen.connection = number;
        while (line && line->is_open() && read_request(*line, bytes, seen)) script_(seen, *line);
        const std::scoped_lock hold(lock_);  // closed under the lock: the number is another's from then on
        sockets_.remove(socket);
        ::close(socket);
    }
    static bool read_more(Line& line, std::string& bytes) {
        char buffer[65536];
        const auto got = line.receive(buffer, sizeof buffer);
        if (got <= 0) return false;
        bytes.append(buffer, static_cast<std::size_t>(got));
        return true;
    }
    static bool read_request(Line& line, std::string& bytes, Seen& seen) {
        std::size_t end = 0;
        while ((end = bytes.find("\r\n\r\n")) == std::string::npos) {
            if (!read_more(line, bytes)) return false;
        }
        const std::string head = bytes.substr(0, end + 2);
        bytes.erase(0, end + 4);
        const auto space = head.find(' ');
        seen.method = head.substr(0, space);
        seen.target = head.substr(space + 1, head.find(' ', space + 1) - space - 1);
        seen.headers.clear();
        for (auto at = head.find("\r\n") + 2; at < head.size();) {
            const auto next = head.find("\r\n", at);
            const auto colon = head.find(':', at);
            const auto value = std::min(head.find_first_not_of(' ', colon + 1), next);
            seen.headers[head.substr(at, colon - at)] = head.substr(value, next - value);
            at = next + 2;
        }
        const auto length = seen.headers.find("Content-Length");
        const std::size_t size = length == seen.headers.end() ? 0 : std::stoull(length->second);
        while (bytes.size() < size) {
            if (!read_more(line, bytes)) return false;
        }
        seen.body = bytes.substr(0, size);
        bytes.erase(0, size);
        return true;
    }

    Script script_;
    Wrap wrap_;
    file::Fd listener_;
    std::uint16_t port_ = 0;
    std::atomic<bool> ending_ = false;
    std::atomic<std::uint64_t> connections_ = 0;
    std::mutex lock_;
    std::list<int> sockets_;
    std::list<std::thread> threads_;
    std::thread accepting_;
};

}  // namespace haul::http
