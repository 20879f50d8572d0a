#include "engine/outage.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <utility>

#include "base/clock.h"
#include "base/units.h"

namespace haul::engine {
namespace {

report::Event event_of(report::Type type, report::Level level, const Error& error, std::string text) {
    report::Event event;
    event.type = type;
    event.level = level;
    event.operation = error.operation;
    event.subject = error.root().subject;
    event.text = std::move(text);
    return event;
}

}  // namespace

Outage::Outage(std::chrono::nanoseconds max_outage, RetryDelay delay, std::function<Status()> probe,
               report::Hub& hub)
    : max_outage_(max_outage), delay_(delay), probe_(std::move(probe)), hub_(hub) {}

void Outage::begin(const Error& error) {
    {
        const std::lock_guard lock(mutex_);
        if (phase_ != Phase::up) return;
        phase_ = Phase::down;
        error_ = error;
        if (!since_) since_ = clock::boot();
    }
    report::Event event = event_of(
        report::Type::store_down, report::Level::warning, error,
        fmt::format("waiting until it works again, for at most {}", units::duration_text(max_outage_)));
    event.error = error;
    hub_.emit(std::move(event));
}

void Outage::worked() {
    const std::lock_guard lock(mutex_);
    // Work that began before the outage may still end well; that says nothing about now.
    if (phase_ != Phase::up) return;
    since_.reset();
    attempts_ = 0;
}

Status Outage::wait_until_up(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, stop, [&] { return phase_ != Phase::probing; });
    if (stop.stop_requested()) return failure(Code::interrupted, "wait for the store", "", "stopped");
    if (phase_ == Phase::up) return {};
    phase_ = Phase::probing;
    lock.unlock();
    const Status status = probe_until_up(stop);
    lock.lock();
    if (!status) phase_ = Phase::down;
    changed_.notify_all();
    return status;
}

Status Outage::probe_until_up(const std::stop_token& stop) {
    while (true) {
        // Looked at first, so that a probe that succeeds while the work fails does not go on for ever.
        if (is_too_long()) return failure(too_long());
        if (!clock::sleep(next_delay(), stop)) {
            return failure(Code::interrupted, "wait for the store", "", "stopped");
        }
        const Status status = probe_once();
        if (status) {
            set_up();
            return {};
        }
        const Code code = status.error().code;
        if (code == Code::fenced || code == Code::busy) return failure(status.error());
        const std::lock_guard lock(mutex_);
        error_ = status.error();
    }
}

Status Outage::probe_once() {
    if (!probe_) return {};  // the next unit tells
    try {
        return probe_();
    } catch (const std::exception& thrown) {
        return failure(Code::internal, "probe", "", thrown.what());
    }
}

std::chrono::nanoseconds Outage::next_delay() {
    const std::lock_guard lock(mutex_);
    const std::chrono::nanoseconds left = *since_ + max_outage_ - clock::boot();
    return std::max(std::chrono::nanoseconds(1), std::min(left, delay_.ceiling(attempts_++)));
}

bool Outage::is_too_long() {
    const std::lock_guard lock(mutex_);
    return clock::boot() - *since_ >= max_outage_;
}

Error Outage::too_long() {
    const std::lock_guard lock(mutex_);
    Error error = Error(error_).within("wait for", error_.root().subject);
    error.detail = fmt::format("out for {}", units::duration_text(clock::boot() - *since_));
    error.kept = "all that is done; the same command continues";
    return error;
}

void Outage::set_up() {
    report::Event event;
    {
        const std::lock_guard lock(mutex_);
        phase_ = Phase::up;
        event = event_of(report::Type::store_up, report::Level::info, error_,
                         fmt::format("going on after {}", units::duration_text(clock::boot() - *since_)));
    }
    hub_.emit(std::move(event));
}

}  // namespace haul::engine
