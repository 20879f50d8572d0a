// An outage of a store, of credentials or of space: the whole run waits, one worker probes, all go on.
//
// An outage ends when something is committed again, not when a probe succeeds: a store that answers the probe
// and refuses the work is still out, its delays keep growing, and max_outage counts from the first refusal.
// Thread-safe.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>

#include "base/result.h"
#include "engine/retry_delay.h"
#include "report/event.h"

namespace haul::engine {

class Outage {
  public:
    Outage(std::chrono::nanoseconds max_outage, RetryDelay delay, std::function<Status()> probe,
           report::Hub& hub);

    // A unit met `error`: nobody begins anything until a probe succeeds.
    void begin(const Error& error);
    // Something was committed.
    void worked();
    // Returns at once where nothing is out. Code::interrupted: stopped. Any other error ends the run.
    [[nodiscard]] Status wait_until_up(const std::stop_token& stop);

  private:
    enum class Phase : std::uint8_t { up, down, probing };
    [[nodiscard]] Status probe_until_up(const std::stop_token& stop);
    [[nodiscard]] Status probe_once();
    [[nodiscard]] std::chrono::nanoseconds next_delay();
    [[nodiscard]] bool is_too_long();
    [[nodiscard]] Error too_long();
    void set_up();

    const std::chrono::nanoseconds max_outage_;
    const RetryDelay delay_;
    const std::function<Status()> probe_;
    report::Hub& hub_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    Phase phase_ = Phase::up;
    Error error_;
    std::optional<std::chrono::nanoseconds> since_;  // boot time of the first refusal
    int attempts_ = 0;
};

}  // namespace haul::engine
