#include "flow/collect/gate/connect.h"

#include <fmt/format.h>
#include <netdb.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <optional>
#include <utility>

#include "base/clock.h"
#include "http/url.h"

namespace haul::collect::gate {
namespace {

constexpr std::chrono::seconds kLongestConnect{20};
constexpr std::chrono::milliseconds kSlice{100};  // how soon a stop is seen

struct Free {
    void operator()(::addrinfo* found) const { ::freeaddrinfo(found); }
};
using Addresses = std::unique_ptr<::addrinfo, Free>;

Result<Addresses> look_up(const std::string& host, std::uint16_t port) {
    const std::string name(http::without_brackets(host));
    ::addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV;
    ::addrinfo* found = nullptr;
    if (::getaddrinfo(name.c_str(), fmt::format("{}", port).c_str(), &hints, &found) != 0)
        return failure(Code::unavailable, "look up", host, "the name leads to no address");
    return Addresses(found);
}

Result<file::Fd> connect_one(const ::addrinfo& address, const std::string& host,
                             const std::stop_token& stop) {
    file::Fd socket(::socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket.valid()) return failure(os_error(errno, "connect to", host));
    if (::connect(socket.get(), address.ai_addr, address.ai_addrlen) != 0) {
        if (errno != EINPROGRESS) return failure(os_error(errno, "connect to", host));
        TRY(wait_for(socket.get(), POLLOUT, kLongestConnect, stop));
        int problem = 0;
        ::socklen_t size = sizeof problem;
        if (::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &problem, &size) != 0) problem = errno;
        if (problem != 0) return failure(os_error(problem, "connect to", host));
    }
    return socket;
}

}  // namespace

Status wait_for(int socket, short events, std::chrono::milliseconds longest, const std::stop_token& stop) {
    const auto deadline = clock::boot() + longest;
    while (!stop.stop_requested()) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - clock::boot());
        if (left.count() <= 0) return failure(Code::timed_out, "wait for", "a connection", "it is silent");
        ::pollfd watched{.fd = socket, .events = events, .revents = 0};
        if (::poll(&watched, 1, static_cast<int>(std::min(left, kSlice).count())) > 0) return {};
    }
    return failure(Code::interrupted, "wait for", "a connection", "stopped on request");
}

Result<file::Fd> connect_to(const std::string& host, std::uint16_t port,
                            const std::function<Status(const sockaddr&)>& may_connect,
                            const std::stop_token& stop) {
    const Addresses addresses = TRY(look_up(host, port));
    std::optional<Error> why;
    for (const ::addrinfo* one = addresses.get(); one != nullptr; one = one->ai_next) {
        if (Status allowed = may_connect(*one->ai_addr); !allowed) {
            if (!why) why = std::move(allowed).error();
            continue;
        }
        auto connected = connect_one(*one, host, stop);
        if (connected) return connected;
        why = std::move(connected).error();
        if (why->code == Code::interrupted) break;
        if (why->code != Code::timed_out) why->code = Code::unavailable;
    }
    if (why) return failure(*std::move(why));
    return failure(Code::unavailable, "look up", host, "the name leads to no address");
}

}  // namespace haul::collect::gate
