// Many threads at once.
#include <algorithm>
#include <array>
#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "ledger/conformance/checks.h"

namespace haul::ledger::conformance {
namespace {

constexpr int kThreads = 16, kUnits = 2000;

struct Tally {
    std::mutex mutex;
    std::map<UnitId, int> finished;
    std::optional<Error> problem;

    void add(const Lease& lease) {
        const std::lock_guard guard(mutex);
        ++finished[lease.ref.unit];
    }
    void stop(const Error& error) {
        const std::lock_guard guard(mutex);
        problem = error;
    }
};

// Every unit leaves a fact behind, in the same commit as its end.
Status work(Ledger& ledger, std::size_t batch, Tally& tally) {
    while (true) {
        const auto leases = TRY(claim_many(ledger, batch));
        if (leases.empty()) return {};
        for (const Lease& lease : leases) {
            TRY(ledger.finish(lease.ref, {.facts = {{"done", lease.key, "{}"}}}));
            tally.add(lease);
        }
    }
}

// Long enough that a thread which the scheduler interrupts is most likely within a call, holding its place.
Outcome long_outcome(std::size_t caller) {
    Outcome outcome;
    for (int n = 0; n < 50; ++n) outcome.facts.push_back({"caller", fmt::format("{} {}", caller, n), "{}"});
    return outcome;
}

}  // namespace

Status one_claimer_each(const Factory& factory) {
    std::vector<NewUnit> units;
    units.reserve(kUnits);
    for (int n = 0; n < kUnits; ++n) units.push_back(part(fmt::format("{:05}", n)));
    const auto ledger = TRY(make_with(factory, std::move(units)));
    Tally tally;
    {
        std::vector<std::jthread> threads;
        threads.reserve(kThreads);
        for (std::size_t n = 0; n < kThreads; ++n) {
            threads.emplace_back([&, n] {
                const Status worked = work(*ledger, 1 + n % 3, tally);
                if (!worked.has_value()) tally.stop(worked.error());
            });
        }
    }
    if (tally.problem) return failure(*tally.problem);
    const bool once = std::ranges::all_of(tally.finished, [](const auto& unit) { return unit.second == 1; });
    TRY(expect(once, "a unit was finished twice"));
    TRY(expect(tally.finished.size() == kUnits,
               fmt::format("{} of {} units were finished", tally.finished.size(), kUnits)));
    Query query;
    query.limit = kUnits + 1;
    return expect(TRY(ledger->read(query)).facts.size() == kUnits, "facts were lost");
}

// All threads call as fast as they can until the slowest has its share: first come, first served lets none
// fall far behind (an unfair lock: thousands of times). Calls count from when the last thread has made its
// first: before that the others wait for nobody.
Status calls_are_fair(const Factory& factory) {
    const auto ledger = TRY(factory.make());
    constexpr int kCallers = 8, kShare = 25, kFarBehind = 20;
    std::array<std::atomic<int>, kCallers> calls{};
    std::atomic<int> at_work = 0, satisfied = 0;
    std::atomic<bool> failed = false;
    const auto call_until_done = [&](std::size_t caller) {
        const Outcome outcome = long_outcome(caller);
        for (bool first = true; !failed && satisfied < kCallers; first = false) {
            if (!ledger->record(outcome).has_value()) failed = true;
            if (first) ++at_work;
            if (at_work == kCallers && ++calls[caller] == kShare) ++satisfied;
        }
    };
    {
        std::vector<std::jthread> threads;
        threads.reserve(kCallers);
        for (std::size_t caller = 0; caller < kCallers; ++caller)
            threads.emplace_back(call_until_done, caller);
    }
    TRY(expect(!failed, "a call failed"));
    const int most = std::ranges::max(std::vector<int>(calls.begin(), calls.end()));
    return expect(most <= kFarBehind * kShare,
                  fmt::format("one caller was served {} times, another {}", most, kShare));
}

}  // namespace haul::ledger::conformance
