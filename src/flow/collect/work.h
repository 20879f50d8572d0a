// What all units of one run share. Lives in collect_flow.cc for the length of the run; thread-safe as its
// parts are.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "base/result.h"
#include "engine/engine.h"
#include "engine/shutdown.h"
#include "flow/claim/claim.h"
#include "flow/collect/collect.h"
#include "flow/collect/corpus/corpus.h"
#include "flow/collect/decisions/decisions.h"
#include "flow/collect/ear/ear.h"
#include "flow/collect/fetches/fetches.h"
#include "flow/collect/recording/recording.h"
#include "flow/collect/source/source.h"
#include "flow/collect/trouble.h"
#include "flow/collect/verdicts.h"
#include "flow/job/job.h"
#include "ledger/ledger.h"
#include "report/event.h"

namespace haul::collect {

// A source and the table of the plan that it is of.
struct PlannedSource {
    SourcePlan plan;
    std::unique_ptr<Source> source;
};

struct Work {
    const Request& request;
    job::Job& job;
    report::Hub& hub;
    engine::Shutdown& shutdown;
    store::Store& out;
    claim::Claim& claim;
    Corpus& corpus;
    Decisions& decisions;
    Ears* ears;  // none: no phase of this run listens
    std::vector<PlannedSource> sources;
    Fetches fetches{request.plan.limits.downloads, bounds_of_fetches()};
    Trouble trouble{request.max_outage};

    // Held from reading a channel's state to committing what follows from it: a candidate that is found while
    // its channel is decided belongs to one side or the other.
    std::mutex admission{};
    // Likewise for which recording has certain bytes, and for what is said of a recording.
    std::mutex hashes{};

    // The ledger is younger than the corpus: files may be there that it does not know.
    bool is_rebuilt = false;
    // When the ledger was last copied, by this run or an earlier one, or the first run began: boot time.
    std::atomic<std::chrono::nanoseconds::rep> backed_up = 0;
    std::atomic<bool> is_backed_up = true;  // the last copy was made

    // Of the whole corpus:
    std::atomic<std::uint64_t> bytes = 0;        // of recordings
    std::atomic<std::uint64_t> accepted_ms = 0;  // of speech in accepted ones
    // Of this run:
    std::atomic<std::uint64_t> begun = 0, fetched = 0, fetched_bytes = 0, probe_bytes = 0;
    Verdicts verdicts{};

    [[nodiscard]] ledger::Ledger& ledger() const { return job.ledger(); }
    [[nodiscard]] const Plan& plan() const { return request.plan; }

    // nullptr: the plan has no such source any more.
    [[nodiscard]] const PlannedSource* planned_source_of(const Candidate& candidate) const;
    [[nodiscard]] Source* source_of(const Candidate& candidate) const;
    // What the plan itself says of it, as it says it now; true: that is not what is known.
    [[nodiscard]] bool take_from_plan(Candidate& candidate) const;
    // The plan wants nothing more fetched, or this run does not.
    [[nodiscard]] bool limit_reached() const;
    // Whether one more may be fetched now; then it counts as fetched until it turns out not to be.
    [[nodiscard]] bool begin_fetch();
    void fetched_nothing() { --begun; }
    // Read when they are asked for.
    [[nodiscard]] Fetches::Bounds bounds_of_fetches() const;
    // A recording is none any more: the limits do not count it.
    void forget(const Recording& recording);
    // Counts what was fetched and tells the display.
    void count_fetched(std::uint64_t files, std::uint64_t new_bytes);
    // Counts it, too.
    void say_left_out(const Candidate& candidate, const std::string& why, const std::string& detail);
};

}  // namespace haul::collect
