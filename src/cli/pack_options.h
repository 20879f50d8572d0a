// What `haul pack` and `haul estimate` take, and the request that it means.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/arguments.h"
#include "cli/service_options.h"
#include "flow/job/job.h"
#include "flow/pack/pack.h"
#include "format/set_record.h"

namespace haul::cli {

struct PackOptions {
    std::string source, destination;
    std::optional<std::string> name, files_from, state;
    format::SetOptions shape;
    ServiceWords service;
    std::uint64_t memory = pack::Request{}.memory, jobs = pack::Request{}.jobs;
    std::string verify = "default";
    std::chrono::nanoseconds claim_timeout = pack::Request{}.claim_timeout;
    std::chrono::nanoseconds max_outage = pack::Request{}.max_outage;
    bool dry_run = false;
};

// What shapes the set: shared by pack and estimate.
// `must`: SOURCE and DEST have to be given.
void declare_shape(Arguments& arguments, PackOptions& options, bool must = true);
// What only a pack needs.
void declare_work(Arguments& arguments, PackOptions& options);

// `state`: the state folder; empty: none is involved. Reads the file of --files-from.
[[nodiscard]] Result<pack::Request> request_of(const PackOptions& options, const std::string& state);

// As the job's record keeps it; `words` as for Handler.
[[nodiscard]] Result<job::Request> job_request_of(const pack::Request& request,
                                                  const std::vector<std::string>& words);

}  // namespace haul::cli
