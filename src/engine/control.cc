#include "engine/control.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <list>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/file.h"
#include "engine/control_client.h"
#include "engine/control_socket.h"

namespace haul::engine {
namespace {

constexpr std::chrono::seconds kClientLimit{2};
constexpr std::size_t kMostClients = 64;

class SocketServer final : public ControlServer {
  public:
    SocketServer(ControlAddress address, file::Fd listener, file::Fd bell, Answer answer)
        : address_(std::move(address)),
          listener_(std::move(listener)),
          bell_(std::move(bell)),
          answer_(std::move(answer)),
          thread_([this](const std::stop_token& stop) { serve(stop); }) {}

    ~SocketServer() override {
        thread_.request_stop();
        const std::uint64_t one = 1;
        [[maybe_unused]] const ::ssize_t put = ::write(bell_.get(), &one, sizeof one);
        thread_.join();
        ::unlinkat(address_.folder.get(), kControlName, 0);
    }

  private:
    void serve(const std::stop_token& stop);
    [[nodiscard]] std::vector<::pollfd> watched() const;
    [[nodiscard]] int wait_ms() const;
    void accept_new(const std::stop_token& stop);

    ControlAddress address_;
    file::Fd listener_, bell_;
    Answer answer_;
    std::list<ControlClient> clients_;
    std::jthread thread_;
};

std::vector<::pollfd> SocketServer::watched() const {
    std::vector<::pollfd> on{{bell_.get(), POLLIN, 0}};
    for (const ControlClient& client : clients_) on.push_back({client.fd(), client.wants(), 0});
    if (clients_.size() < kMostClients) on.push_back({listener_.get(), POLLIN, 0});
    return on;
}

int SocketServer::wait_ms() const {
    if (clients_.empty()) return -1;
    // Clients stand in the order of their coming, so the first one's time is up first.
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(clients_.front().deadline() - clock::boot());
    return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 1000));
}

void SocketServer::serve(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        std::vector<::pollfd> on = watched();
        ::poll(on.data(), on.size(), wait_ms());
        const clock::Nanoseconds now = clock::boot();
        std::size_t at = 1;
        for (auto client = clients_.begin(); client != clients_.end(); ++at) {
            const bool ready = on[at].revents != 0;
            const bool goes_on = now < client->deadline() && (!ready || client->go_on(answer_));
            client = goes_on ? std::next(client) : clients_.erase(client);
        }
        if (at < on.size() && on[at].revents != 0) accept_new(stop);
    }
}

void SocketServer::accept_new(const std::stop_token& stop) {
    file::Fd socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (socket.valid()) {
        clients_.emplace_back(std::move(socket), clock::boot() + kClientLimit);
    } else if (errno == EMFILE || errno == ENFILE) {
        // The listener stays readable, and poll would return at once until a descriptor is free.
        clock::sleep(std::chrono::milliseconds(100), stop);
    }
}

// Waits for `events` until `deadline`.
Status wait_for(int fd, short events, clock::Nanoseconds deadline, const std::string& folder) {
    while (true) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - clock::boot());
        if (left.count() <= 0) {
            return failure(Code::timed_out, "ask the job in", folder,
                           "it does not answer (stopped or overloaded)");
        }
        ::pollfd on{fd, events, 0};
        const int ready = ::poll(&on, 1, static_cast<int>(left.count()));
        if (ready > 0) return {};
        if (ready < 0 && errno != EINTR) return failure(os_error(errno, "ask the job in", folder));
    }
}

Status connect_to(int fd, const ControlAddress& address, clock::Nanoseconds deadline,
                  const std::string& folder) {
    while (::connect(fd, address.get(), sizeof address.address) != 0) {
        if (errno == ENOENT || errno == ECONNREFUSED) {
            return failure(Code::not_found, "ask the job in", folder, "no process answers there");
        }
        if (errno != EAGAIN && errno != EINTR) return failure(os_error(errno, "ask the job in", folder));
        // The queue of a UNIX socket is full: poll does not wait for that.
        if (clock::boot() >= deadline)
            return failure(Code::timed_out, "ask the job in", folder, "too many ask it");
        clock::sleep(std::chrono::milliseconds(10), {});
    }
    return {};
}

Status send_line(int fd, std::string_view line, clock::Nanoseconds deadline, const std::string& folder) {
    while (!line.empty()) {
        const ::ssize_t put = ::send(fd, line.data(), line.size(), MSG_NOSIGNAL);
        if (put >= 0) {
            line.remove_prefix(static_cast<std::size_t>(put));
        } else if (errno == EAGAIN || errno == EINTR) {
            TRY(wait_for(fd, POLLOUT, deadline, folder));
        } else {
            return failure(os_error(errno, "ask the job in", folder));
        }
    }
    return {};
}

Result<std::string> receive_line(int fd, clock::Nanoseconds deadline, const std::string& folder) {
    std::string line;
    std::vector<char> buffer(1U << 16U);
    while (line.size() <= kControlLineLimit) {
        const ::ssize_t got = ::recv(fd, buffer.data(), buffer.size(), 0);
        if (got > 0) {
            const std::string_view chunk(buffer.data(), static_cast<std::size_t>(got));
            const std::size_t end = chunk.find('\n');
            line.append(chunk.substr(0, end));
            if (end != std::string_view::npos) return line;
        } else if (got == 0 || errno == ECONNRESET) {
            return failure(Code::not_found, "ask the job in", folder, "it ended before it answered");
        } else if (errno == EAGAIN || errno == EINTR) {
            TRY(wait_for(fd, POLLIN, deadline, folder));
        } else {
            return failure(os_error(errno, "ask the job in", folder));
        }
    }
    return failure(Code::corrupt, "ask the job in", folder, "its answer has no end");
}

Result<file::Fd> listen_at(const ControlAddress& address, const std::string& folder) {
    file::Fd listener = TRY(control_socket(folder));
    // Before bind(2), which takes the socket's own mode for the file: there is no moment with a wider one.
    const bool ready = ::fchmod(listener.get(), 0600) == 0 &&
                       ::bind(listener.get(), address.get(), sizeof address.address) == 0 &&
                       ::listen(listener.get(), 16) == 0;
    if (!ready) return failure(os_error(errno, "listen in", folder));
    return listener;
}

}  // namespace

Result<std::unique_ptr<ControlServer>> ControlServer::start(const std::string& folder, Answer answer) {
    ControlAddress address = TRY(control_address(folder));
    // Ours to remove: whoever starts a server holds the job's lock, so nobody serves this one.
    if (::unlinkat(address.folder.get(), kControlName, 0) != 0 && errno != ENOENT) {
        return failure(os_error(errno, "remove old control socket in", folder));
    }
    file::Fd listener = TRY(listen_at(address, folder));
    file::Fd bell(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!bell.valid()) return failure(os_error(errno, "make eventfd for", folder));
    try {
        return std::make_unique<SocketServer>(std::move(address), std::move(listener), std::move(bell),
                                              std::move(answer));
    } catch (const std::system_error& thrown) {
        return failure(Code::io, "start thread for control socket in", folder, thrown.what());
    }
}

Result<json::Value> ask(const std::string& folder, const json::Value& request) {
    const clock::Nanoseconds deadline = clock::boot() + 2 * kClientLimit;
    const ControlAddress address = TRY(control_address(folder));
    const file::Fd socket = TRY(control_socket(folder));
    TRY(connect_to(socket.get(), address, deadline, folder));
    TRY(send_line(socket.get(), json::dump(request) + "\n", deadline, folder));
    const std::string line = TRY(receive_line(socket.get(), deadline, folder));
    return json::parse(line, "answer of the job in " + folder);
}

}  // namespace haul::engine
