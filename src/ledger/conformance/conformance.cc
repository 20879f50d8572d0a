#include "ledger/conformance/conformance.h"

#include <array>

#include "ledger/conformance/checks.h"

namespace haul::ledger::conformance {
namespace {

struct Promise {
    std::string_view name;
    Status (*check)(const Factory&);
    bool reopens = false;
};

constexpr std::array kPromises = {
    Promise{"outcome_is_whole", outcome_is_whole},
    Promise{"adding_twice_changes_nothing", adding_twice_changes_nothing},
    Promise{"facts_are_replaced_and_removed", facts_are_replaced_and_removed},
    Promise{"finish_drops_checkpoint", finish_drops_checkpoint},
    Promise{"each_claim_raises_epoch", each_claim_raises_epoch},
    Promise{"old_epoch_is_fenced", old_epoch_is_fenced},
    Promise{"lower_order_first", lower_order_first},
    Promise{"claim_honours_kinds_and_count", claim_honours_kinds_and_count},
    Promise{"lease_runs_out", lease_runs_out},
    Promise{"renewed_lease_holds", renewed_lease_holds},
    Promise{"renew_is_all_or_nothing", renew_is_all_or_nothing},
    Promise{"fifth_failure_sets_aside", fifth_failure_sets_aside},
    Promise{"hopeless_failure_sets_aside_at_once", hopeless_failure_sets_aside_at_once},
    Promise{"third_child_death_sets_aside", third_child_death_sets_aside},
    Promise{"checkpoint_resets_counts", checkpoint_resets_counts},
    Promise{"release_does_not_count", release_does_not_count},
    Promise{"delay_is_waited", delay_is_waited},
    Promise{"released_unit_is_put_off", released_unit_is_put_off},
    Promise{"put_off_units_come_behind", put_off_units_come_behind},
    Promise{"failures_are_kept_bounded", failures_are_kept_bounded},
    Promise{"set_aside_units_return", set_aside_units_return},
    Promise{"rows_come_in_byte_order", rows_come_in_byte_order},
    Promise{"names_are_bytes", names_are_bytes},
    Promise{"counts_agree_with_units", counts_agree_with_units},
    Promise{"any_unit_agrees_with_units", any_unit_agrees_with_units},
    Promise{"one_claimer_each", one_claimer_each},
    Promise{"calls_are_fair", calls_are_fair},
    Promise{"done_survives", done_survives, true},
    Promise{"reopening_voids_leases", reopening_voids_leases, true},
    Promise{"owner_deaths_never_set_aside", owner_deaths_never_set_aside, true},
    Promise{"third_owner_death_runs_alone", third_owner_death_runs_alone, true},
};

}  // namespace

std::vector<std::string_view> promises(bool survives) {
    std::vector<std::string_view> names;
    for (const Promise& promise : kPromises) {
        if (survives || !promise.reopens) names.push_back(promise.name);
    }
    return names;
}

Verdict check(std::string_view promise, const Factory& factory) {
    for (const Promise& known : kPromises) {
        if (known.name != promise) continue;
        const Status result = known.check(factory);
        return {std::string(promise), result.has_value(), result.has_value() ? "" : result.error().message()};
    }
    return {std::string(promise), false, "no promise has this name"};
}

std::vector<Verdict> check_all(const Factory& factory) {
    std::vector<Verdict> verdicts;
    for (const std::string_view name : promises(factory.reopen != nullptr))
        verdicts.push_back(check(name, factory));
    return verdicts;
}

}  // namespace haul::ledger::conformance
