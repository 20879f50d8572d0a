// Runs the units of a ledger: workers claim, handlers do the work and return outcomes, the engine commits
// them.
//
// A handler never writes state itself. What it returns decides:
//   Outcome                      committed with the unit's end, under its epoch
//   Error, code interrupted      released without counting (drain, stop)
//   Error, code fenced or busy   the whole run ends with that error: we are not the owner any more
//   Error, code no_space, denied of the destination, after_credentials, or, past the outage rule, unavailable
//                                or timed_out: the run pauses (units released without counting), probes, goes
//                                on; after max_outage it ends
//   Error, code usage            set aside at once: no other try can mend it
//   any Error that Options::put_off knows: released without counting, not before its delay
//   any other Error              counted; queued again with full-jitter delay or set aside; the job goes on
// Errors of one unit never touch another. Thread-safe where handlers are.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/test_setting.h"
#include "engine/memory.h"
#include "engine/shutdown.h"
#include "ledger/ledger.h"
#include "report/event.h"

namespace haul::engine {

class Crew;

// What a handler is given beside its unit.
struct Context {
    ledger::Ledger& ledger;
    const ledger::Lease& lease;
    report::Hub& hub;
    Memory& memory;
    const Shutdown& shutdown;  // of this run: also drains when an error ends the run
    unsigned worker = 0;       // its line on the display
    Crew* crew = nullptr;      // set by the engine: a checkpoint that adds units wakes idle workers

    // Durable partial progress, and anything to commit with it, under the lease.
    [[nodiscard]] Status checkpoint(std::string_view progress, const ledger::Outcome& outcome = {});
    // Code::interrupted when draining or stopping: call between steps.
    [[nodiscard]] Status check_stop() const;
};

using Handler = std::function<Result<ledger::Outcome>(Context&)>;

struct Options {
    unsigned workers = 2;
    std::chrono::nanoseconds max_outage = shortened("HAUL_OUTAGE_MS", std::chrono::hours(6));
    std::chrono::nanoseconds idle_poll = std::chrono::milliseconds(50);
    // Delays of failed units (full jitter) and between probes.
    std::chrono::nanoseconds retry_base = shortened("HAUL_UNIT_RETRY_MS", std::chrono::seconds(1)),
                             retry_cap = std::chrono::seconds(60);
    // Says whether the store works again; called by one worker at a time while paused, backing off from
    // retry_base to retry_cap. Without one, the next unit is the probe.
    std::function<Status()> probe;
    // Which kinds of units are run; asked before each claim, so that a kind can end early. The others stay as
    // they are, and the run ends without them. Without one: all kinds.
    std::function<std::vector<std::string>()> kinds;
    // An error of an endpoint that is not everybody's: how long the unit is put off, which counts no failure.
    // nullopt, or without one: as above.
    std::function<std::optional<std::chrono::nanoseconds>(const Error&)> put_off;
    // Full disks: end at once with the error (exit 7) rather than pause. Pack and unpack on one machine set
    // it.
    bool end_on_no_space = true;
};

struct Summary {
    std::uint64_t done = 0;       // units finished in this run
    std::uint64_t set_aside = 0;  // units set aside in the ledger at the end
    bool drained = false;         // stopped before the queue was empty
};

// Until no unit is queued or leased, or drain/stop, or an error that ends the run (the first such one is
// returned; every worker has ended by then). Handlers are keyed by unit kind; a unit of an unknown kind ends
// the run with Code::internal. Any error of the ledger itself ends the run as well. Units added from outside
// a handler are found within 16 idle_polls.
[[nodiscard]] Result<Summary> run(ledger::Ledger& ledger,
                                  const std::map<std::string, Handler, std::less<>>& handlers,
                                  const Options& options, report::Hub& hub, Memory& memory,
                                  const Shutdown& shutdown);

}  // namespace haul::engine
