// When to try again, and for how long: full jitter, a budget that all calls of a store share, a deadline a
// call; and an end to trying where somebody else waits for an endpoint that is down.
//
// An endpoint is down once calls to it are open and for `down_after` none has succeeded and no byte of a body
// has moved.
//
// A retry costs one from the budget and a success gives a tenth back: while most calls succeed every failure
// is tried again, and in an outage calls soon fail at once instead of piling up. Thread-safe; an Attempts
// belongs to one call.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>

#include "base/clock.h"
#include "base/result.h"
#include "base/test_setting.h"
#include "store/outage_wait.h"

namespace haul::store::wrap {

struct RetryOptions {
    clock::Nanoseconds first_delay = shortened("HAUL_RETRY_MS", std::chrono::milliseconds(200));
    clock::Nanoseconds max_delay = shortened("HAUL_RETRY_MOST_MS", std::chrono::seconds(30));
    // Of one call, all its attempts and waits together.
    clock::Nanoseconds deadline = shortened("HAUL_RETRY_DEADLINE_MS", std::chrono::minutes(15));
    double budget = 100;
    clock::Nanoseconds down_after = shortened("HAUL_DOWN_MS", std::chrono::seconds(30));
    std::shared_ptr<const OutageWait> wait = nullptr;  // none: calls wait for as long as they are tried
    std::stop_token stop = {};  // ends the waits of calls that take no token of their own
};

class RetryBudget {
  public:
    // Boot time; nullopt: there is no endpoint.
    using LastSignOfLife = std::function<std::optional<clock::Nanoseconds>()>;

    explicit RetryBudget(RetryOptions options, LastSignOfLife last_sign_of_life = {})
        : options_(std::move(options)),
          last_sign_of_life_(std::move(last_sign_of_life)),
          left_(options_.budget) {}
    [[nodiscard]] const RetryOptions& options() const { return options_; }
    [[nodiscard]] bool spend();
    void refund();
    // A call begins; it is open, its waits included, until it ends.
    void begin_call(clock::Nanoseconds now);
    void end_call();
    // For how long the endpoint has been down; nullopt: it is not, or the calls themselves have to wait.
    [[nodiscard]] std::optional<clock::Nanoseconds> down_for() const;

  private:
    RetryOptions options_;
    LastSignOfLife last_sign_of_life_;
    mutable std::mutex mutex_;
    double left_;
    unsigned open_ = 0;
    clock::Nanoseconds open_since_{};  // boot time
};

// Of all calls of this process, whatever store they went to.
[[nodiscard]] std::uint64_t retries_so_far();

class Attempts {
  public:
    explicit Attempts(RetryBudget& budget) : budget_(budget), begun_(clock::boot()) {
        budget_.begin_call(begun_);
    }
    ~Attempts() { budget_.end_call(); }
    Attempts(const Attempts&) = delete;
    Attempts& operator=(const Attempts&) = delete;
    // Whether the call may be made again, after waiting: false when the error is no passing one, at the
    // deadline, without budget, when stopped, or where the endpoint is down and somebody else waits for it.
    [[nodiscard]] bool again(const Error& error, const std::stop_token& stop);
    void succeeded() { budget_.refund(); }
    [[nodiscard]] bool retried() const { return made_ > 1; }
    // The last error, with how often was tried; Code::interrupted where only a stop kept us from trying
    // again, Code::unavailable where the endpoint is down.
    [[nodiscard]] Error given_up(Error error) const;

  private:
    [[nodiscard]] clock::Nanoseconds delay(const Error& error) const;

    RetryBudget& budget_;
    clock::Nanoseconds begun_;
    unsigned made_ = 1;
    bool stopped_ = false;
    std::optional<clock::Nanoseconds> down_for_;
};

}  // namespace haul::store::wrap
