// The hosts that are asked: how many requests each gets at once and how fast, first come, first served, and
// how long one that has enough of us is left alone. Thread-safe.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "flow/collect/web/web.h"

namespace haul::collect {

class Hosts {
  public:
    Hosts(unsigned at_once, double per_second) : at_once_(at_once), per_second_(per_second) {}

    // Whoever would have to wait longer for a closed host is told so instead.
    static constexpr std::chrono::seconds kPatience{2};

    // A request's place at its host, given back at its end.
    class Turn {
      public:
        Turn(Hosts& hosts, std::string host) : hosts_(&hosts), host_(std::move(host)) {}
        ~Turn();
        Turn(Turn&& other) noexcept
            : hosts_(std::exchange(other.hosts_, nullptr)), host_(std::move(other.host_)) {}
        Turn& operator=(Turn&&) = delete;

      private:
        Hosts* hosts_;
        std::string host_;
    };
    // Waits for it. Code::unavailable at once, with retry_after, where the host is closed for longer than
    // kPatience; Code::interrupted. `per_second`: instead of the usual.
    [[nodiscard]] Result<Turn> take(const std::string& host, std::optional<double> per_second,
                                    const std::stop_token& stop);

    // The host said 429 or 503, and perhaps for how long: closed for everybody until then. Returns how long
    // that is from now.
    clock::Nanoseconds throttled(const std::string& host, std::optional<clock::Nanoseconds> wanted);
    // It answered as it should: what comes next begins with short waits again.
    void answered(const std::string& host);
    void failed(const std::string& host);
    void received(const std::string& host, std::uint64_t bytes);
    [[nodiscard]] std::map<std::string, HostCount> counts() const;
    // How many wait for a turn at it.
    [[nodiscard]] std::size_t waiting(const std::string& host) const;

  private:
    // One that stands in a queue, in its own stack.
    struct Waiter {
        std::condition_variable_any look{};
        bool woken = false;

        void wake() {
            woken = true;
            look.notify_one();
        }
    };
    struct Host {
        HostCount count{};
        unsigned in_use = 0;
        std::deque<Waiter*> queue{};  // the first in front: nobody else is woken for a turn
        clock::Nanoseconds next_begin{}, closed_until{}, backoff{};
    };
    [[nodiscard]] Host& host_of(const std::string& name);
    [[nodiscard]] clock::Nanoseconds must_wait(const Host& host) const;
    static void wake_next(Host& host);
    void give_back(const std::string& name);

    const unsigned at_once_;
    const double per_second_;
    mutable std::mutex lock_;
    std::map<std::string, std::unique_ptr<Host>> hosts_;
};

}  // namespace haul::collect
