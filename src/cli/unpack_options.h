// What `haul unpack` takes, and the request that it means.
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
#include "flow/unpack/unpack.h"

namespace haul::cli {

struct UnpackOptions {
    std::string source, destination;
    std::optional<std::string> state;
    ServiceWords service;
    std::string if_exists = "same", symlinks = "all", include;
    bool owner = false, rename_unfit = false, dry_run = false, no_space_check = false;
    std::uint64_t max_ratio = unpack::Request{}.max_ratio;
    std::uint64_t memory = unpack::Request{}.memory, jobs = unpack::Request{}.jobs;
    std::chrono::nanoseconds claim_timeout = unpack::Request{}.claim_timeout;
    std::chrono::nanoseconds max_outage = unpack::Request{}.max_outage;
};

void declare(Arguments& arguments, UnpackOptions& options);
[[nodiscard]] Result<unpack::Request> request_of(const UnpackOptions& options, const std::string& state);
[[nodiscard]] Result<job::Request> job_request_of(const unpack::Request& request,
                                                  const std::vector<std::string>& words);

}  // namespace haul::cli
