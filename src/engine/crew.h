// What the workers of one run share: whether there may be more to do, who is at work, and the error that ends
// the run.
//
// Owns the run's own Shutdown, which drains with the process's and also when an error ends the run.
// Thread-safe.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>

#include "base/result.h"
#include "engine/engine.h"
#include "engine/outage.h"
#include "engine/shutdown.h"
#include "ledger/ledger.h"

namespace haul::engine {

class Crew {
  public:
    Crew(ledger::Ledger& ledger, const Options& options, report::Hub& hub, const Shutdown& process);

    [[nodiscard]] const Shutdown& shutdown() const { return own_; }
    [[nodiscard]] bool over() const { return own_.draining(); }
    Outage outage;

    // Around a claim and the unit that it yields; waits while a unit runs alone, so that nothing is leased
    // meanwhile: a death that it causes would count for that, too. Returns what `leave_and_wait` needs to see
    // news since; nullopt: the run is over.
    [[nodiscard]] std::optional<std::uint64_t> enter();
    // Nothing to claim: waits for a commit, at most `patience`. False: no unit is queued or leased, or the
    // run is over.
    [[nodiscard]] bool leave_and_wait(std::uint64_t news, std::chrono::nanoseconds patience);
    // The unit was committed in some way.
    void leave(bool finished);
    // A commit beside a unit's end (checkpoint): wakes idle workers.
    void committed();

    // Waits until the unit may run: an `alone` one until nothing else runs, others until no such one does.
    // False: the run is over.
    [[nodiscard]] bool begin_work(bool alone);
    void end_work(bool alone);

    // Ends the run; the first error counts. With `now`, work is asked to stop rather than to drain.
    void end_with(Error error, bool now);
    [[nodiscard]] std::optional<Error> error() const;
    [[nodiscard]] std::uint64_t finished() const;

  private:
    ledger::Ledger& ledger_;
    const Options& options_;
    Shutdown own_;
    std::stop_callback<std::function<void()>> on_drain_, on_stop_;
    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    std::uint64_t news_ = 0;  // raised by every commit
    std::uint64_t finished_ = 0;
    unsigned entered_ = 0;      // workers between enter and leave
    unsigned working_ = 0;      // handlers at work
    bool alone_taken_ = false;  // one waits to be alone, or is
    bool empty_ = false;        // seen: no unit queued or leased
    std::optional<Error> error_;
};

}  // namespace haul::engine
