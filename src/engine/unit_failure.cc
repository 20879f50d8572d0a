#include "engine/unit_failure.h"

#include <fmt/format.h>

namespace haul::engine {

ledger::FailKind fail_kind_of(const Error& error) {
    if (error.code == Code::usage) return ledger::FailKind::hopeless;
    return error.child_died ? ledger::FailKind::child_death : ledger::FailKind::failure;
}

std::string state_before(const ledger::Lease& lease) {
    std::string text = "leased";
    const auto count = [&](int times, const char* of) {
        if (times > 0) text += fmt::format(", after {} {}{}", times, of, times == 1 ? "" : "s");
    };
    count(lease.failures, "failure");
    count(lease.deaths, "death");
    return text;
}

std::string what_next(const ledger::Lease& lease, ledger::FailKind kind, bool is_set_aside,
                      std::chrono::nanoseconds delay) {
    if (kind == ledger::FailKind::hopeless)
        return "set aside: to try it again as it was asked for cannot help";
    const bool died = kind == ledger::FailKind::child_death;
    const std::string most =
        died ? fmt::format("{} deaths of its child process", ledger::kChildDeathsToSetAside)
             : fmt::format("{} failures", ledger::kFailuresToSetAside);
    if (is_set_aside) return "set aside after " + most + "; the same command tries it again";
    const double seconds = std::chrono::duration<double>(delay).count();
    if (died)
        return fmt::format("tried again in {:.1f} s (its child process died; set aside after {})", seconds,
                           most);
    return fmt::format("tried again in {:.1f} s (failure {} of {})", seconds, lease.failures + 1,
                       ledger::kFailuresToSetAside);
}

}  // namespace haul::engine
