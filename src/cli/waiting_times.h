// How long pack and unpack wait for others, as --claim-timeout and --max-outage say. Stateless.
#pragma once

#include <chrono>

#include "base/result.h"

namespace haul::cli {

// Code::usage where one of them is nothing: every claim would be dead, every outage the end.
[[nodiscard]] Status check_waiting_times(std::chrono::nanoseconds claim_timeout,
                                         std::chrono::nanoseconds max_outage);

}  // namespace haul::cli
