// What all steps of one unpack share. Lives in unpack_flow.cc for the length of the job; thread-safe as its
// parts are.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/glob.h"
#include "engine/shutdown.h"
#include "engine/space_budget.h"
#include "flow/claim/claim.h"
#include "flow/claim/own_folder.h"
#include "flow/job/job.h"
#include "flow/unpack/earlier_paths.h"
#include "flow/unpack/index.h"
#include "flow/unpack/shares.h"
#include "flow/unpack/unpack.h"
#include "report/event.h"
#include "store/store.h"

namespace haul::unpack {

inline constexpr const char* kPlanUnit = "plan";    // reads an archive's index and cuts it into runs
inline constexpr const char* kRunUnit = "run";      // unpacks a run of members
inline constexpr const char* kCloseUnit = "close";  // symlinks, then folders' modes and times
// Facts: an item that could not be unpacked (key: its path), and totals by unit.
inline constexpr const char* kFailedFact = "failed";
inline constexpr const char* kSkippedFact = "skipped";
inline constexpr const char* kTotalFact = "total";
using claim::kOwnFolder;
using claim::kScratchFolder;
using claim::kUploadFolder;

struct Work {
    const Request& request;
    const Archives& archives;
    store::Store& destination;
    claim::Claim& claim;
    job::Job& job;
    report::Hub& hub;
    engine::Shutdown& shutdown;
    IndexCache& indexes;
    engine::SpaceBudget& space;
    const std::optional<Glob>& include;
    // Asked once: a folder's answer costs calls.
    store::Capabilities can = destination.capabilities();
    Shares shares = shares_of(request, archives, can);
    EarlierPaths earlier = {};  // only where the rule for what exists needs them
    // Files were there already lately: batches look before they write.
    std::atomic<bool> meets_existing = false;
    std::atomic<std::uint64_t> files_done = 0, bytes_done = 0;

    [[nodiscard]] bool wanted(const Item& item) const;
    [[nodiscard]] std::string scratch(std::int64_t unit, const char* purpose) const;
    void count(std::uint64_t files, std::uint64_t bytes);
};

}  // namespace haul::unpack
