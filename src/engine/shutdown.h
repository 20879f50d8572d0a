// Signals, once for the process: the first SIGINT/SIGTERM/SIGHUP asks to drain, the second to stop now.
// SIGPIPE is ignored. SIGHUP is left alone where it was ignored when we started (nohup).
//
// A watching thread (signalfd) turns signals into the two stop tokens; `cancel` over the control socket asks
// the same way. Thread-safe. Tokens stay valid after the Shutdown is gone.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>

namespace haul::engine {

class Shutdown {
  public:
    // Blocks the signals in this thread: make it before any other thread starts. `on_drain` is called once,
    // from its thread. `drain_limit`: how long a drain may take before it becomes a stop.
    explicit Shutdown(bool watch_signals, std::chrono::nanoseconds drain_limit = std::chrono::seconds(10));
    // Restores this thread's signal mask and joins the watching thread.
    ~Shutdown();
    Shutdown(const Shutdown&) = delete;
    Shutdown& operator=(const Shutdown&) = delete;
    void on_drain(std::function<void()> callback);
    // Begin nothing new; bring what is at work to a checkpoint.
    [[nodiscard]] std::stop_token drain() const;
    // Leave now. Also requested when a drain takes longer than its limit. A stop is a drain too.
    [[nodiscard]] std::stop_token stop() const;
    void request_drain();
    void request_stop();
    [[nodiscard]] bool draining() const { return drain().stop_requested(); }

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace haul::engine
