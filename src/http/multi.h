// libcurl's multi handle driven by epoll: the cost of a turn follows what happened, not how many are in
// flight.
#pragma once

#include <curl/curl.h>

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/file.h"
#include "base/result.h"
#include "http/transfer.h"

namespace haul::http {

// Belongs to one thread at a time; only wake() may be called by others. Stays where it is.
class Multi {
  public:
    // `connections`: kept open when idle, at most.
    [[nodiscard]] static Result<std::unique_ptr<Multi>> create(unsigned connections);
    ~Multi();  // no transfer may be in it
    Multi(const Multi&) = delete;
    Multi& operator=(const Multi&) = delete;

    [[nodiscard]] bool add(Transfer& transfer);
    // An unfinished one loses its connection.
    void remove(Transfer& transfer);
    // Waits until something happens, somebody wakes it or `most` has passed, and lets libcurl work.
    void turn(clock::Nanoseconds most);
    // The next that ended. It is still in: remove it.
    [[nodiscard]] std::optional<std::pair<Transfer*, CURLcode>> next_done();
    // The current or the next turn ends early. Thread-safe.
    void wake() const;
    // As of the last turn: its end; and a time of which it saw all that had happened until then.
    [[nodiscard]] clock::Nanoseconds now() const { return now_; }
    [[nodiscard]] clock::Nanoseconds seen_until() const { return seen_until_; }

  private:
    Multi() = default;
    [[nodiscard]] Status open(unsigned connections);
    void watch(Transfer* transfer, int socket, int what);
    void act(int socket, int mask);
    void run_due_timer();
    [[nodiscard]] int wait_ms(clock::Nanoseconds most) const;
    static int socket_callback(CURL* easy, curl_socket_t socket, int what, void* self, void*) noexcept;
    static int timer_callback(CURLM*, long milliseconds, void* self) noexcept;

    CURLM* multi_ = nullptr;
    file::Fd epoll_, event_;
    std::vector<Transfer*> owners_;  // by socket
    std::optional<clock::Nanoseconds> due_;
    clock::Nanoseconds now_{}, seen_until_{};
    int in_ = 0, running_ = 0;  // transfers in multi_; those of them that libcurl has not ended
};

}  // namespace haul::http
