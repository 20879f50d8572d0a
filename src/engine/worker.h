// One worker: claims a unit, runs its handler, commits what comes back, until the run is over. One thread
// each.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "engine/crew.h"
#include "engine/engine.h"

namespace haul::engine {

// What every worker of a run is given; outlives them.
struct Duty {
    ledger::Ledger& ledger;
    const std::map<std::string, Handler, std::less<>>& handlers;
    const Options& options;
    report::Hub& hub;
    Memory& memory;
    std::string owner;  // token of the claimer
};

class Worker {
  public:
    Worker(const Duty& duty, Crew& crew, unsigned number) : duty_(duty), crew_(crew), number_(number) {}
    void run();

  private:
    [[nodiscard]] std::optional<ledger::Lease> next();
    [[nodiscard]] Result<std::optional<ledger::Lease>> claim();
    void work_on(const ledger::Lease& lease);
    [[nodiscard]] Result<ledger::Outcome> handle(const ledger::Lease& lease);
    // True: the unit is finished.
    [[nodiscard]] bool settle(const ledger::Lease& lease, const Result<ledger::Outcome>& outcome);
    [[nodiscard]] bool finish(const ledger::Lease& lease, const ledger::Outcome& outcome);
    void fail(const ledger::Lease& lease, const Error& error);
    void release(const ledger::Lease& lease);
    void put_off(const ledger::Lease& lease, const Error& error, std::chrono::nanoseconds delay);
    void end_run(const Error& error);
    void show_idle();

    const Duty& duty_;
    Crew& crew_;
    const unsigned number_;
    bool shown_busy_ = false;
};

}  // namespace haul::engine
