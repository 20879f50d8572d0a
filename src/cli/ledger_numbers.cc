#include "cli/ledger_numbers.h"

#include <chrono>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace haul::cli {
namespace {

using report::Number;

void tell_units(const ledger::Ledger& ledger, std::vector<Number>& numbers) {
    ledger::Query query;
    query.what = ledger::Query::What::counts;
    const auto answer = ledger.read(query);
    if (!answer) return;
    for (const ledger::Count& one : answer->counts)
        numbers.push_back({.name = "haul_units",
                           .help = "Units of the job's ledger.",
                           .labels = {{"kind", one.kind}, {"state", std::string(name_of(one.state))}},
                           .value = static_cast<double>(one.units)});
}

void tell_waits(const std::string& call, const ledger::WatchedLedger::Waits& waits,
                std::vector<Number>& numbers) {
    Number all{.name = "haul_ledger_wait_seconds",
               .help = "How long calls to the ledger took, what was written being durable.",
               .type = Number::Type::histogram,
               .labels = {{"call", call}},
               .value = std::chrono::duration<double>(waits.sum).count(),
               .count = waits.calls};
    for (std::size_t i = 0; i < waits.within.size(); ++i)
        all.buckets.push_back({ledger::WatchedLedger::kBounds.at(i), waits.within.at(i)});
    numbers.push_back(std::move(all));
    numbers.push_back({.name = "haul_ledger_longest_wait_seconds",
                       .help = "The longest of them.",
                       .labels = {{"call", call}},
                       .value = std::chrono::duration<double>(waits.longest).count()});
    numbers.push_back({.name = "haul_ledger_waiting",
                       .help = "Calls that wait for the ledger now.",
                       .labels = {{"call", call}},
                       .value = static_cast<double>(waits.waiting)});
    numbers.push_back({.name = "haul_ledger_most_overtaken",
                       .help = "Most calls that came after one and were answered before it.",
                       .labels = {{"call", call}},
                       .value = static_cast<double>(waits.most_overtaken)});
}

}  // namespace

report::Numbers::Shown show_ledger(report::Hub& hub, const ledger::WatchedLedger& ledger) {
    return hub.numbers().show([&ledger](std::vector<Number>& numbers) {
        tell_units(ledger, numbers);
        tell_waits("claim", ledger.claims(), numbers);
        tell_waits("commit", ledger.commits(), numbers);
    });
}

}  // namespace haul::cli
