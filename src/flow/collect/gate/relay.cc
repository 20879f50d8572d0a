#include "flow/collect/gate/relay.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <utility>

#include "base/clock.h"

namespace haul::collect::gate {
namespace {

constexpr std::chrono::minutes kLongestSilence{1};
constexpr int kSliceMs = 100;  // how soon a stop is seen
constexpr std::size_t kBlock = std::size_t{64} << 10U;

// One of the two ways: what was read waits until it is written.
class Way {
  public:
    Way(int from, int to, std::string first, std::uint64_t more)
        : from_(from), to_(to), waiting_(std::move(first)), more_(more) {}

    [[nodiscard]] bool reads() const { return waiting_.empty() && !ended_ && more_ > 0; }
    [[nodiscard]] bool writes() const { return !waiting_.empty(); }
    [[nodiscard]] bool is_done() const { return ended_ && waiting_.empty(); }

    // Whether anything moved.
    bool read() {
        waiting_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(kBlock, more_)));
        const ::ssize_t got = ::recv(from_, waiting_.data(), waiting_.size(), 0);
        waiting_.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
        more_ -= waiting_.size();
        if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) end();
        return got > 0;
    }
    bool write() {
        const ::ssize_t put = ::send(to_, waiting_.data(), waiting_.size(), MSG_NOSIGNAL);
        if (put > 0) waiting_.erase(0, static_cast<std::size_t>(put));
        if (put < 0 && errno != EAGAIN && errno != EINTR) {
            waiting_.clear();
            end();
        }
        if (is_done()) ::shutdown(to_, SHUT_WR);
        return put > 0;
    }

  private:
    void end() {
        ended_ = true;
        if (waiting_.empty()) ::shutdown(to_, SHUT_WR);
    }

    int from_, to_;
    std::string waiting_;
    std::uint64_t more_;
    bool ended_ = false;
};

short events_of(const Way& in, const Way& out) {
    return static_cast<short>((in.reads() ? POLLIN : 0) | (out.writes() ? POLLOUT : 0));
}

}  // namespace

void relay(Ends ends, const std::stop_token& stop) {
    Way up(ends.client, ends.host, std::move(ends.first), ends.more);
    Way down(ends.host, ends.client, {}, UINT64_MAX);
    auto moved_at = clock::boot();
    while (!stop.stop_requested() && !down.is_done() && clock::boot() - moved_at < kLongestSilence) {
        const short of_client = events_of(up, down), of_host = events_of(down, up);
        // An end that nothing is wanted of is left out: its hang-up would be seen again and again.
        std::array<::pollfd, 2> watched{
            {{of_client ? ends.client : -1, of_client, 0}, {of_host ? ends.host : -1, of_host, 0}}};
        if (::poll(watched.data(), watched.size(), kSliceMs) <= 0) continue;
        bool moved = false;
        if (watched[0].revents != 0 && up.reads()) moved = up.read() || moved;
        if (watched[1].revents != 0 && up.writes()) moved = up.write() || moved;
        if (watched[1].revents != 0 && down.reads()) moved = down.read() || moved;
        if (watched[0].revents != 0 && down.writes()) moved = down.write() || moved;
        if (moved) moved_at = clock::boot();
    }
}

}  // namespace haul::collect::gate
