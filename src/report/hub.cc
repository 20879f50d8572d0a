#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "report/event.h"

namespace haul::report {
namespace {

constexpr auto kTick = std::chrono::milliseconds(100);
// A consumer that stands still must not make a job's memory grow without end.
constexpr std::size_t kPendingLimit = 100'000;

bool is_urgent(const Event& event) {
    return event.level >= Level::warning || event.type == Type::job_started || event.type == Type::draining ||
           event.type == Type::item_failed;
}

}  // namespace

// Emitters only append to `pending`; the hub's own thread hands events to the sinks, so that a stalled
// terminal never holds up a worker.
struct Hub::State {
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<Event> pending;
    // Where the newest pending event of a worker, and of the whole job's progress, stands: newer ones replace
    // them.
    std::map<unsigned, std::size_t> worker_at;
    std::optional<std::size_t> progress_at;
    std::uint64_t dropped = 0;
    std::string job;
    bool urgent = false, closing = false, closed = false;

    Numbers numbers;

    std::mutex sinks_mutex;
    std::vector<std::unique_ptr<Sink>> sinks;
    std::thread thread;

    void append(Event&& event);
    void run();
    void deliver(std::vector<Event>& events, std::uint64_t lost);
};

void Hub::State::append(Event&& event) {
    if (event.type == Type::worker) {
        const auto [at, is_new] = worker_at.try_emplace(event.worker, pending.size());
        if (!is_new) {
            pending[at->second] = std::move(event);
            return;
        }
    } else if (event.type == Type::progress) {
        if (progress_at) {
            pending[*progress_at] = std::move(event);
            return;
        }
        progress_at = pending.size();
    } else if (pending.size() >= kPendingLimit && event.type != Type::job_finished) {
        ++dropped;
        return;
    }
    pending.push_back(std::move(event));
}

void Hub::State::run() {
    std::vector<Event> batch;
    for (bool last = false; !last;) {
        std::uint64_t lost = 0;
        {
            std::unique_lock lock(mutex);
            changed.wait_for(lock, kTick, [this] { return urgent || closing; });
            batch.clear();
            batch.swap(pending);
            worker_at.clear();
            progress_at.reset();
            lost = std::exchange(dropped, 0);
            urgent = false;
            last = closing;
        }
        deliver(batch, lost);
    }
}

void Hub::State::deliver(std::vector<Event>& events, std::uint64_t lost) {
    if (lost > 0) {
        Event event;
        event.level = Level::warning;
        event.text = std::to_string(lost) + " events were not shown: the display did not keep up";
        event.time_ns = clock::wall().count();
        events.push_back(std::move(event));
    }
    const std::scoped_lock lock(sinks_mutex);
    for (const auto& sink : sinks) {
        for (const Event& event : events) sink->on(event);
        sink->tick();
    }
}

Hub::Hub() : state_(std::make_unique<State>()) {
    state_->thread = std::thread([state = state_.get()] { state->run(); });
}

Hub::~Hub() { close(); }

void Hub::add(std::unique_ptr<Sink> sink) {
    const std::scoped_lock lock(state_->sinks_mutex);
    state_->sinks.push_back(std::move(sink));
}

Numbers& Hub::numbers() { return state_->numbers; }

void Hub::set_job(std::string id) {
    const std::scoped_lock lock(state_->mutex);
    state_->job = std::move(id);
}

void Hub::emit(Event event) {
    event.time_ns = clock::wall().count();
    bool wake = false;
    {
        const std::scoped_lock lock(state_->mutex);
        if (state_->closing) return;
        if (event.job.empty()) event.job = state_->job;
        wake = is_urgent(event) && !state_->urgent;
        if (wake) state_->urgent = true;
        state_->append(std::move(event));
    }
    if (wake) state_->changed.notify_one();
}

void Hub::note(Level level, std::string text, std::string subject) {
    Event event;
    event.level = level;
    event.text = std::move(text);
    event.subject = std::move(subject);
    emit(std::move(event));
}

void Hub::fail_item(std::string path, Error error) {
    Event event;
    event.type = Type::item_failed;
    event.level = Level::error;
    event.operation = error.operation;
    event.subject = std::move(path);
    event.error = std::move(error);
    emit(std::move(event));
}

void Hub::close() {
    {
        const std::scoped_lock lock(state_->mutex);
        if (state_->closed) return;
        state_->closing = true;
        state_->closed = true;
    }
    state_->changed.notify_one();
    state_->thread.join();
    const std::scoped_lock lock(state_->sinks_mutex);
    for (const auto& sink : state_->sinks) sink->close();
}

}  // namespace haul::report
