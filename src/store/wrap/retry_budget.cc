#include "store/wrap/retry_budget.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <utility>

#include "base/random.h"
#include "base/units.h"

namespace haul::store::wrap {
namespace {

std::atomic<std::uint64_t> retries = 0;

}  // namespace

std::uint64_t retries_so_far() { return retries; }

bool RetryBudget::spend() {
    const std::lock_guard lock(mutex_);
    if (left_ < 1) return false;
    left_ -= 1;
    return true;
}

void RetryBudget::refund() {
    const std::lock_guard lock(mutex_);
    left_ = std::min(options_.budget, left_ + 0.1);
}

void RetryBudget::begin_call(clock::Nanoseconds now) {
    const std::lock_guard lock(mutex_);
    if (open_++ == 0) open_since_ = now;
}

void RetryBudget::end_call() {
    const std::lock_guard lock(mutex_);
    --open_;
}

std::optional<clock::Nanoseconds> RetryBudget::down_for() const {
    if (!options_.wait || !options_.wait->is_elsewhere() || !last_sign_of_life_) return std::nullopt;
    const auto sign = last_sign_of_life_();
    if (!sign) return std::nullopt;
    const std::lock_guard lock(mutex_);
    const clock::Nanoseconds down = clock::boot() - std::max(*sign, open_since_);
    return down >= options_.down_after ? std::optional(down) : std::nullopt;
}

bool Attempts::again(const Error& error, const std::stop_token& stop) {
    if (error.retry != Retry::later) return false;
    down_for_ = budget_.down_for();
    if (down_for_) return false;
    const clock::Nanoseconds wait = delay(error);
    if (clock::boot() + wait - begun_ > budget_.options().deadline) return false;
    if (!budget_.spend()) return false;
    ++made_;
    ++retries;
    stopped_ = !clock::sleep(wait, stop.stop_possible() ? stop : budget_.options().stop);
    return !stopped_;
}

clock::Nanoseconds Attempts::delay(const Error& error) const {
    const RetryOptions& options = budget_.options();
    clock::Nanoseconds most = options.first_delay;
    for (unsigned doubled = 1; doubled < made_ && most < options.max_delay; ++doubled) most *= 2;
    most = std::min(most, options.max_delay);
    const clock::Nanoseconds jittered(random::below(static_cast<std::uint64_t>(most.count()) + 1));
    if (!error.retry_after) return jittered;
    return std::max<clock::Nanoseconds>(jittered, *error.retry_after);
}

Error Attempts::given_up(Error error) const {
    if (stopped_) {
        Error interrupted =
            make_error(Code::interrupted, error.operation, error.subject, "stopped on request");
        interrupted.cause = std::make_shared<const Error>(std::move(error));
        return interrupted;
    }
    if (down_for_) {
        error.code = Code::unavailable;  // whatever this call met: nothing comes through
        error.detail += fmt::format("{}nothing has come through for {}", error.detail.empty() ? "" : "; ",
                                    units::duration_text(*down_for_));
    }
    if (error.retry == Retry::later && retried()) error.detail += fmt::format(" (tried {} times)", made_);
    return error;
}

}  // namespace haul::store::wrap
