// haul collect: a corpus of what a plan asks for: search -> probe -> download -> filter -> export, each a
// kind of unit, each outcome one transaction (docs/collect.md).
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/engine.h"
#include "engine/shutdown.h"
#include "flow/collect/plan/plan.h"
#include "flow/job/job.h"
#include "report/event.h"
#include "store/open_store.h"

namespace haul::collect {

// The phases, in their order.
enum class Phase : std::uint8_t { search, probe, download, filter, export_views };
[[nodiscard]] std::string_view name_of(Phase phase);
[[nodiscard]] std::optional<Phase> phase_named(std::string_view name);

struct Request {
    Plan plan{};
    std::string plan_path{};
    // Not part of the job's meaning:
    std::optional<Phase> only{};           // this phase alone
    std::optional<std::uint64_t> limit{};  // most recordings that this run fetches
    std::string speech_program{};
    std::string models{};  // of haul-speech; empty: the usual folder
    unsigned ears = 2;     // files heard side by side
    std::chrono::nanoseconds claim_timeout = std::chrono::minutes(15);
    std::chrono::nanoseconds max_outage = engine::Options{}.max_outage;
    std::shared_ptr<store::OutageWait> outage_wait = std::make_shared<store::OutageWait>();
    store::ServiceOptions service = {};
};
[[nodiscard]] json::Ordered meaning_of(const Request& request);

// Whether recordings are heard in that run.
[[nodiscard]] bool listens(const Request& request);

// Of the corpus as it is now, but for what is said to be of this run.
struct Totals {
    std::uint64_t candidates = 0, accepted = 0, rejected = 0, unheard = 0;
    std::uint64_t channels_accepted = 0, channels_closed = 0, channels_open = 0;
    std::map<std::string, std::uint64_t> left_out{};  // by reason
    std::uint64_t bytes = 0;                          // of all recordings
    double accepted_seconds = 0;                      // of speech
    std::uint64_t set_aside = 0, waiting = 0;         // units that are left
    std::uint64_t failed = 0;                         // what the run had to do beside them, and could not
    std::string state{};                              // of the exports; empty: none yet
    // Of this run:
    std::uint64_t fetched = 0, fetched_bytes = 0, probe_bytes = 0, swept = 0;
    bool limit_reached = false;
};
[[nodiscard]] Result<Totals> collect(const Request& request, job::Job& job, report::Hub& hub,
                                     engine::Shutdown& shutdown);

// Gives the corpus back: claim and temporaries of a run that ended in the middle are removed; recordings,
// ledger and views stay. Code::fenced or busy where another owner holds it.
struct Place {
    store::Address out{};
    std::string name{};  // of the plan
    store::ServiceOptions service = {};
};
[[nodiscard]] Status cancel(const Place& place, job::Job& job, report::Hub& hub);

// Whether all of its sources can be asked: Code::usage names the line of one that cannot. Sends and makes
// nothing, so that it comes before whatever a run begins with.
[[nodiscard]] Status check_sources(const Plan& plan);

// Whether the languages that the plan accepts can be heard here; nothing is made, and nobody is asked. Else
// every recording would be fetched and turned down. Code::unsupported: no model tells languages; usage: it
// does not know one of them. Both with the remedy.
[[nodiscard]] Status check_languages(const Request& request);

// What would be asked of whom, a line each; sends nothing.
[[nodiscard]] Result<std::vector<std::string>> would_ask(const Plan& plan);

}  // namespace haul::collect
