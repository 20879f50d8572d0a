// The beat: a thread that renews `.haul/beat-NNNNNN.json` each third of the time-out, so that others see that
// the owner lives.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

#include "base/result.h"
#include "report/event.h"
#include "store/store.h"

namespace haul::claim {

class Beat {
  public:
    struct Setup {
        store::Store& store;
        report::Hub& hub;
        std::uint64_t number;
        std::string token;
        std::chrono::nanoseconds timeout;
        std::chrono::nanoseconds
            claimed_at;  // boot time right before the claim was created: the first sign of life
        std::function<Status()> check;  // Code::fenced where a successor is there; from any thread
    };
    explicit Beat(Setup setup);  // starts the thread
    ~Beat();                     // stop()
    Beat(const Beat&) = delete;
    Beat& operator=(const Beat&) = delete;

    // The last beat that the store took is older than two thirds of the time-out: others may soon think us
    // dead.
    [[nodiscard]] bool is_stale() const;
    // Success at once unless stale; then checks, and beats where we are still the owner. From any thread.
    [[nodiscard]] Status check_if_stale(const std::stop_token& stop = {});
    // Ends the thread; a beat that is under way is interrupted.
    void stop();

  private:
    void run(const std::stop_token& stop);
    [[nodiscard]] Status renew_alone(const std::stop_token& stop);
    // With renew_mutex_ held: there is one temporary.
    [[nodiscard]] Status renew(const std::stop_token& stop);
    [[nodiscard]] Status write_once(const std::stop_token& stop);
    Setup setup_;
    std::atomic<std::chrono::nanoseconds::rep> last_;  // boot time
    std::mutex renew_mutex_;
    std::jthread thread_;
};

}  // namespace haul::claim
