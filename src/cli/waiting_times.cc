#include "cli/waiting_times.h"

#include <fmt/format.h>

#include <string_view>

namespace haul::cli {
namespace {

Status check(std::chrono::nanoseconds time, std::string_view option, std::string_view usual) {
    if (time > std::chrono::nanoseconds(0)) return {};
    return failure(make_error(Code::usage, "", "", fmt::format("{} must be longer than nothing", option))
                       .with_remedy(fmt::format("leave it out: {} is right for nearly all", usual)));
}

}  // namespace

Status check_waiting_times(std::chrono::nanoseconds claim_timeout, std::chrono::nanoseconds max_outage) {
    TRY(check(claim_timeout, "--claim-timeout", "15m"));
    return check(max_outage, "--max-outage", "6h");
}

}  // namespace haul::cli
