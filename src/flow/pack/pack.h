// haul pack: many files -> verified ZIP parts, a manifest beside each, the set's record last. docs/format.md,
// pack.md's eight steps.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/engine.h"
#include "engine/shutdown.h"
#include "flow/job/job.h"
#include "flow/pack/request_count.h"
#include "format/set_record.h"
#include "report/event.h"
#include "store/address.h"
#include "store/open_store.h"
#include "store/store.h"

namespace haul::pack {

struct Request {
    store::Address source;
    store::Address destination;  // the set goes to destination/name
    std::string name;
    format::SetOptions options;
    std::vector<std::string> files_from;  // names to take, where given
    bool has_files_from = false;
    // Not part of the job's meaning:
    std::uint64_t memory = 512ULL << 20U;
    unsigned jobs = 2;  // parts side by side
    std::uint64_t tile_size = 16ULL << 20U;
    bool verify_full = false;  // read every byte back
    std::chrono::nanoseconds claim_timeout = std::chrono::minutes(15);
    std::chrono::nanoseconds max_outage = engine::Options{}.max_outage;  // then the run ends, resumable
    // Of the stores of this run: while units are at work the engine waits, and else each call.
    std::shared_ptr<store::OutageWait> outage_wait = std::make_shared<store::OutageWait>();
    store::ServiceOptions service = {};  // of both stores; class and encryption: of what is written
    std::string state_folder;            // left out of the listing where it lies in the source
};
[[nodiscard]] json::Ordered meaning_of(const Request& request);

struct Totals {
    std::uint64_t files = 0, folders = 0, symlinks = 0, bytes = 0;
    std::uint64_t parts = 0, failed = 0, skipped = 0, set_aside = 0;
    bool nothing_to_do = false;  // the set was complete and unchanged
};
[[nodiscard]] Result<Totals> pack(const Request& request, job::Job& job, report::Hub& hub,
                                  engine::Shutdown& shutdown);

// The same between stores that are open already; `destination` is rooted at DEST/NAME.
[[nodiscard]] Result<Totals> pack(const Request& request, store::Store& source, store::Store& destination,
                                  job::Job& job, report::Hub& hub, engine::Shutdown& shutdown);

// Gives the destination back: what an unfinished job left there (temporaries, member lists, claim) is
// removed, its parts and uploads included. Code::fenced or busy where another owner holds it.
[[nodiscard]] Status cancel(const Request& request, job::Job& job, report::Hub& hub);
[[nodiscard]] Status cancel(const Request& request, store::Store& destination, job::Job& job,
                            report::Hub& hub, engine::Shutdown& shutdown);

struct Estimate {
    std::uint64_t files = 0, folders = 0, symlinks = 0, bytes = 0, parts = 0, oversize = 0, skipped = 0,
                  failed = 0;
    std::uint64_t image_bytes = 0;
    Requests from_source, to_destination;  // none where it is a local folder
    bool source_is_service = false, destination_is_service = false;
    std::optional<std::uint64_t> free_bytes;
    bool destination_writable = false;
    std::string destination_problem;
    // What lies at DEST/NAME already: "nothing", "unfinished" (a job, whose command continues), "complete"
    // (this set: a pack does nothing), "growing" (this set, and failed items of it can be read now), "other"
    // (a pack would be refused: why).
    std::string there = "nothing", there_problem;
};
// Makes no claim and writes nothing.
[[nodiscard]] Result<Estimate> estimate(const Request& request, report::Hub& hub,
                                        const std::stop_token& stop);

}  // namespace haul::pack
