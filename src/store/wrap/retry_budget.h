// When to try again, and for how long: full jitter, a budget that all calls of a store share, a deadline a
// call.
//
// A retry costs one from the budget and a success gives a tenth back: while most calls succeed every failure
// is tried again, and in an outage calls soon fail at once instead of piling up. Thread-safe; an Attempts
// belongs to one call.
#pragma once

#include <mutex>
#include <stop_token>

#include "base/clock.h"
#include "base/result.h"
#include "base/test_setting.h"

namespace haul::store::wrap {

struct RetryOptions {
    clock::Nanoseconds first_delay = shortened("HAUL_RETRY_MS", std::chrono::milliseconds(200));
    clock::Nanoseconds max_delay = shortened("HAUL_RETRY_MOST_MS", std::chrono::seconds(30));
    // Of one call, all its attempts and waits together.
    clock::Nanoseconds deadline = shortened("HAUL_RETRY_DEADLINE_MS", std::chrono::minutes(15));
    double budget = 100;
    std::stop_token stop = {};  // ends the waits of calls that take no token of their own
};

class RetryBudget {
  public:
    explicit RetryBudget(RetryOptions options) : options_(std::move(options)), left_(options_.budget) {}
    [[nodiscard]] const RetryOptions& options() const { return options_; }
    [[nodiscard]] bool spend();
    void refund();

  private:
    RetryOptions options_;
    std::mutex mutex_;
    double left_;
};

class Attempts {
  public:
    explicit Attempts(RetryBudget& budget) : budget_(budget), begun_(clock::boot()) {}
    // Whether the call may be made again, after waiting: false when the error is no passing one, at the
    // deadline, without budget or when stopped.
    [[nodiscard]] bool again(const Error& error, const std::stop_token& stop);
    void succeeded() { budget_.refund(); }
    [[nodiscard]] bool retried() const { return made_ > 1; }
    // The last error, with how often was tried; Code::interrupted where only a stop kept us from trying
    // again.
    [[nodiscard]] Error given_up(Error error) const;

  private:
    [[nodiscard]] clock::Nanoseconds delay(const Error& error) const;

    RetryBudget& budget_;
    clock::Nanoseconds begun_;
    unsigned made_ = 1;
    bool stopped_ = false;
};

}  // namespace haul::store::wrap
