#include "engine/crew.h"

#include <utility>

#include "engine/left.h"

namespace haul::engine {
namespace {

void say_draining(report::Hub& hub) {
    report::Event event;
    event.type = report::Type::draining;
    event.text = "finishing what is at work up to its next checkpoint; the same command continues";
    hub.emit(std::move(event));
}

}  // namespace

Crew::Crew(ledger::Ledger& ledger, const Options& options, report::Hub& hub, const Shutdown& process)
    : outage(options.max_outage, {options.retry_base, options.retry_cap}, options.probe, hub),
      ledger_(ledger),
      options_(options),
      own_(false),
      on_drain_(process.drain(),
                [this, &hub] {
                    own_.request_drain();
                    say_draining(hub);
                }),
      on_stop_(process.stop(), [this] { own_.request_stop(); }) {}

std::optional<std::uint64_t> Crew::enter() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, own_.drain(), [&] { return !alone_taken_; });
    if (over()) return std::nullopt;
    ++entered_;
    return news_;
}

bool Crew::leave_and_wait(std::uint64_t news, std::chrono::nanoseconds patience) {
    std::unique_lock lock(mutex_);
    --entered_;
    // While another worker holds a unit the queue is not empty; the last one to leave looks.
    if (entered_ == 0 && news_ == news && !empty_) {
        lock.unlock();
        const Result<bool> left = is_any_open(ledger_, options_);
        if (!left) end_with(left.error(), false);
        lock.lock();
        if (left && !*left && news_ == news && entered_ == 0) {
            empty_ = true;
            changed_.notify_all();
        }
    }
    changed_.wait_for(lock, own_.drain(), patience, [&] { return news_ != news || empty_; });
    return !empty_ && !over();
}

void Crew::leave(bool finished) {
    const std::lock_guard lock(mutex_);
    --entered_;
    ++news_;
    if (finished) ++finished_;
    changed_.notify_all();
}

void Crew::committed() {
    outage.worked();
    const std::lock_guard lock(mutex_);
    ++news_;
    changed_.notify_all();
}

bool Crew::begin_work(bool alone) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait(lock, own_.drain(), [&] { return !alone_taken_; })) return false;
    if (alone) {
        alone_taken_ = true;
        if (!changed_.wait(lock, own_.drain(), [&] { return working_ == 0; })) {
            alone_taken_ = false;
            changed_.notify_all();
            return false;
        }
    }
    if (over()) {
        if (alone) alone_taken_ = false;
        return false;
    }
    ++working_;
    return true;
}

void Crew::end_work(bool alone) {
    const std::lock_guard lock(mutex_);
    --working_;
    if (alone) alone_taken_ = false;
    changed_.notify_all();
}

void Crew::end_with(Error error, bool now) {
    {
        const std::lock_guard lock(mutex_);
        if (!error_) error_ = std::move(error);
    }
    if (now) {
        own_.request_stop();
    } else {
        own_.request_drain();
    }
}

std::optional<Error> Crew::error() const {
    const std::lock_guard lock(mutex_);
    return error_;
}

std::uint64_t Crew::finished() const {
    const std::lock_guard lock(mutex_);
    return finished_;
}

}  // namespace haul::engine
