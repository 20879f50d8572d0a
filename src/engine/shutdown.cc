#include "engine/shutdown.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "base/clock.h"
#include "base/file.h"

namespace haul::engine {
namespace {

bool is_ignored(int signal_number) {
    struct ::sigaction action{};
    return ::sigaction(signal_number, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

// SIGINT is taken even where a shell ignored it for a background command: Ctrl+C on a script must leave a
// resumable job.
::sigset_t watched_signals() {
    ::sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGINT);
    ::sigaddset(&set, SIGTERM);
    // A blocked signal is queued even where it is ignored, so nohup must be looked for.
    if (!is_ignored(SIGHUP)) ::sigaddset(&set, SIGHUP);
    return set;
}

}  // namespace

struct Shutdown::State {
    explicit State(std::chrono::nanoseconds limit) : drain_limit(limit) {}

    void ask_drain() {
        if (drain.request_stop()) wake();
    }
    void ask_stop() {
        ask_drain();
        if (stop.request_stop()) wake();
    }
    void wake() const {
        const std::uint64_t one = 1;
        // Full or failing, the thread is awake already or will look within a second.
        [[maybe_unused]] const ::ssize_t written = ::write(bell.get(), &one, sizeof one);
    }

    void block_signals();
    void restore_signals() const;
    void watch();
    [[nodiscard]] int wait_ms(const std::optional<clock::Nanoseconds>& deadline) const;
    void take_signal();
    void call_back();

    const std::chrono::nanoseconds drain_limit;
    std::stop_source drain, stop;
    file::Fd bell, signals;
    std::optional<::sigset_t> earlier_mask;
    struct ::sigaction earlier_pipe{};
    std::mutex mutex;
    std::function<void()> callback;
    std::atomic<bool> over = false;
    std::thread thread;
};

void Shutdown::State::block_signals() {
    const ::sigset_t set = watched_signals();
    ::sigset_t before;
    ::pthread_sigmask(SIG_BLOCK, &set, &before);
    earlier_mask = before;
    signals = file::Fd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
    struct ::sigaction ignore{};
    ignore.sa_handler = SIG_IGN;
    ::sigaction(SIGPIPE, &ignore, &earlier_pipe);
}

void Shutdown::State::restore_signals() const {
    if (!earlier_mask) return;
    ::sigaction(SIGPIPE, &earlier_pipe, nullptr);
    ::pthread_sigmask(SIG_SETMASK, &*earlier_mask, nullptr);
}

int Shutdown::State::wait_ms(const std::optional<clock::Nanoseconds>& deadline) const {
    if (!deadline) return bell.valid() ? -1 : 1000;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline - clock::boot());
    return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 1000));
}

void Shutdown::State::take_signal() {
    ::signalfd_siginfo info{};
    while (::read(signals.get(), &info, sizeof info) == sizeof info) {
        if (drain.stop_requested()) {
            ask_stop();
        } else {
            ask_drain();
        }
    }
}

void Shutdown::State::call_back() {
    std::function<void()> call;
    {
        const std::lock_guard lock(mutex);
        call = std::exchange(callback, nullptr);
    }
    if (call) call();
}

void Shutdown::State::watch() {
    std::optional<clock::Nanoseconds> deadline;
    while (!over) {
        std::array<::pollfd, 2> on{{{bell.get(), POLLIN, 0}, {signals.get(), POLLIN, 0}}};
        ::poll(on.data(), on.size(), wait_ms(deadline));
        std::uint64_t count = 0;
        if ((on[0].revents & POLLIN) != 0) {
            [[maybe_unused]] const ::ssize_t got = ::read(bell.get(), &count, sizeof count);
        }
        if (signals.valid()) take_signal();
        if (!drain.stop_requested()) continue;
        call_back();
        if (stop.stop_requested()) {
            deadline.reset();
        } else if (!deadline) {
            deadline = clock::boot() + drain_limit;
        } else if (clock::boot() >= *deadline) {
            ask_stop();
        }
    }
}

Shutdown::Shutdown(bool watch_signals, std::chrono::nanoseconds drain_limit)
    : state_(std::make_unique<State>(drain_limit)) {
    state_->bell = file::Fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (watch_signals) state_->block_signals();
    state_->thread = std::thread([state = state_.get()] { state->watch(); });
}

Shutdown::~Shutdown() {
    state_->over = true;
    state_->wake();
    state_->thread.join();
    state_->restore_signals();
}

void Shutdown::on_drain(std::function<void()> callback) {
    {
        const std::lock_guard lock(state_->mutex);
        state_->callback = std::move(callback);
    }
    state_->wake();
}

std::stop_token Shutdown::drain() const { return state_->drain.get_token(); }
std::stop_token Shutdown::stop() const { return state_->stop.get_token(); }
void Shutdown::request_drain() { state_->ask_drain(); }
void Shutdown::request_stop() { state_->ask_stop(); }

}  // namespace haul::engine
