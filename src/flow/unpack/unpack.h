// haul unpack: a set, a folder of ZIPs, or one ZIP -> files in a store. pack.md's rules; docs/format.md for
// the layout of DEST/.haul/.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "base/result.h"
#include "engine/engine.h"
#include "engine/shutdown.h"
#include "flow/job/job.h"
#include "report/event.h"
#include "store/address.h"
#include "store/open_store.h"

namespace haul::unpack {

enum class IfExists : std::uint8_t { same, fail, overwrite, newer };

struct Request {
    store::Address source;  // set's folder, folder of ZIPs, or a ZIP
    store::Address destination;
    IfExists if_exists = IfExists::same;
    bool symlinks_inside = false;  // refuse those that lead out
    bool owner = false;            // restore uid, gid, setuid, setgid
    bool rename_unfit = false;
    std::uint64_t max_ratio = 200;
    std::string include;  // Glob; empty: all
    // Not part of the job's meaning:
    std::uint64_t memory = 512ULL << 20U;
    unsigned jobs = 2;
    std::chrono::nanoseconds claim_timeout = std::chrono::minutes(15);
    std::chrono::nanoseconds max_outage = engine::Options{}.max_outage;  // then the run ends, resumable
    // Of the stores of this run: while units are at work the engine waits, and else each call.
    std::shared_ptr<store::OutageWait> outage_wait = std::make_shared<store::OutageWait>();
    bool dry_run = false;
    bool check_space = true;
    store::ServiceOptions service = {};  // of both stores; class and encryption: of what is written
};
[[nodiscard]] json::Ordered meaning_of(const Request& request);

struct Totals {
    // In place and proven. Folders and symlinks as they have entries of their own; bytes are files' alone.
    std::uint64_t files = 0, folders = 0, symlinks = 0, bytes = 0;
    std::uint64_t failed = 0, skipped = 0, set_aside = 0;
    std::uint64_t damaged = 0;  // of those that failed: contents that contradict their checksums
};
[[nodiscard]] Result<Totals> unpack(const Request& request, job::Job& job, report::Hub& hub,
                                    engine::Shutdown& shutdown);

// Gives the destination back: temporaries and claim are removed, files already in place stay.
[[nodiscard]] Status cancel(const Request& request, job::Job& job, report::Hub& hub);

}  // namespace haul::unpack
