#include "ledger/memory/memory_ledger.h"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "ledger/unit.h"

namespace haul::ledger {
namespace {

using std::chrono::nanoseconds;

// Serves in the order of arrival, which std::mutex does not promise.
class FairLock {
  public:
    void lock() {
        std::unique_lock guard(mutex_);
        const std::uint64_t ticket = next_++;
        turn_.wait(guard, [&] { return ticket == serving_; });
    }
    void unlock() {
        const std::lock_guard guard(mutex_);
        ++serving_;
        turn_.notify_all();
    }

  private:
    std::mutex mutex_;
    std::condition_variable turn_;
    std::uint64_t next_ = 0, serving_ = 0;
};

using Name = std::pair<std::string, std::string>;  // kind, key

bool wanted(const Query& query, const Name& name) {
    return (query.kind.empty() || name.first == query.kind) &&
           (query.key.empty() || name.second == query.key) &&
           (query.after.empty() || name.second > query.after);
}

bool wanted(const ClaimRequest& request, const Unit& unit) {
    return request.kinds.empty() || std::ranges::find(request.kinds, unit.kind) != request.kinds.end();
}

class MemoryLedger final : public Ledger {
  public:
    Result<std::vector<Lease>> claim(const ClaimRequest& request) override;
    Status renew(std::span<const LeaseRef> leases, nanoseconds lease_for) override;
    Status checkpoint(const LeaseRef& lease, std::string_view progress, const Outcome& outcome) override;
    Status finish(const LeaseRef& lease, const Outcome& outcome) override;
    Result<State> fail(const LeaseRef& lease, FailKind kind, const Error& error, nanoseconds delay) override;
    Status release(const LeaseRef& lease, nanoseconds delay) override;
    Status record(const Outcome& outcome) override;
    Result<Answer> read(const Query& query) const override;
    Status back_up(const std::string& path) override {
        return failure(Code::unsupported, "back up", path, "this ledger lies in memory");
    }

  private:
    Result<Unit*> held(const LeaseRef& lease, std::string_view operation);
    void apply(const Outcome& outcome);
    std::vector<Unit*> next_units(const ClaimRequest& request, nanoseconds now);
    // Keeps open_ in step with a unit's state.
    void file(const Unit& unit);

    mutable FairLock lock_;
    std::map<UnitId, Unit> units_;
    std::map<Name, UnitId> names_;
    std::map<Name, std::string> facts_;
    std::set<UnitId> open_;  // those queued or leased
};

Result<Unit*> MemoryLedger::held(const LeaseRef& lease, std::string_view operation) {
    const auto at = units_.find(lease.unit);
    if (at == units_.end() || !holds(at->second, lease)) return failure(fenced(operation, lease));
    return &at->second;
}

void MemoryLedger::file(const Unit& unit) {
    if (unit.state == State::queued || unit.state == State::leased) {
        open_.insert(unit.id);
    } else {
        open_.erase(unit.id);
    }
}

void MemoryLedger::apply(const Outcome& outcome) {
    for (const Fact& fact : outcome.facts) {
        if (fact.value) {
            facts_.insert_or_assign(Name(fact.kind, fact.key), *fact.value);
        } else {
            facts_.erase(Name(fact.kind, fact.key));
        }
    }
    for (const NewUnit& added : outcome.units) {
        const auto id = static_cast<UnitId>(units_.size() + 1);
        if (!names_.try_emplace(Name(added.kind, added.key), id).second) continue;
        file(units_.emplace(id, unit_from(added, id)).first->second);
    }
    if (!outcome.return_set_aside) return;
    for (auto& [id, unit] : units_) {
        if (unit.state != State::set_aside) continue;
        return_to_queue(unit);
        file(unit);
    }
}

std::vector<Unit*> MemoryLedger::next_units(const ClaimRequest& request, nanoseconds now) {
    const auto is_before = [](const Unit* a, const Unit* b) { return turn_of(*a) < turn_of(*b); };
    std::vector<Unit*> found;
    Unit* alone = nullptr;
    bool others_wait = false, any_at_work = false;
    for (const UnitId id : open_) {
        Unit& unit = units_.at(id);
        any_at_work = any_at_work || at_work(unit, now);
        if (at_work(unit, now)) {
            if (runs_alone(unit)) return {};
            continue;
        }
        const bool fits = claimable(unit, now) && wanted(request, unit);
        if (runs_alone(unit)) {
            if (fits && (alone == nullptr || is_before(&unit, alone))) alone = &unit;
            continue;
        }
        others_wait = true;
        if (fits) found.push_back(&unit);
    }
    if (found.empty() && !others_wait && !any_at_work && alone != nullptr && request.count > 0)
        return {alone};
    const std::size_t count = std::min(found.size(), request.count);
    std::ranges::partial_sort(found, found.begin() + static_cast<std::ptrdiff_t>(count), is_before);
    found.resize(count);
    return found;
}

Result<std::vector<Lease>> MemoryLedger::claim(const ClaimRequest& request) {
    const std::lock_guard guard(lock_);
    const nanoseconds now = clock::boot();
    std::vector<Lease> leases;
    for (Unit* unit : next_units(request, now)) {
        leases.push_back(grant(*unit, request.owner, end_of(now, request.lease_for)));
    }
    return leases;
}

Status MemoryLedger::renew(std::span<const LeaseRef> leases, nanoseconds lease_for) {
    const std::lock_guard guard(lock_);
    std::vector<Unit*> units;
    for (const LeaseRef& lease : leases) units.push_back(TRY(held(lease, "renew")));
    for (Unit* unit : units) unit->lease_until = end_of(clock::boot(), lease_for);
    return {};
}

Status MemoryLedger::checkpoint(const LeaseRef& lease, std::string_view progress, const Outcome& outcome) {
    const std::lock_guard guard(lock_);
    Unit* unit = TRY(held(lease, "checkpoint"));
    keep_progress(*unit, progress);
    apply(outcome);
    return {};
}

Status MemoryLedger::finish(const LeaseRef& lease, const Outcome& outcome) {
    const std::lock_guard guard(lock_);
    Unit* unit = TRY(held(lease, "finish"));
    end(*unit);
    file(*unit);
    apply(outcome);
    return {};
}

Result<State> MemoryLedger::fail(const LeaseRef& lease, FailKind kind, const Error& error,
                                 nanoseconds delay) {
    const std::lock_guard guard(lock_);
    Unit* unit = TRY(held(lease, "fail"));
    count_failure(*unit, kind, error, end_of(clock::boot(), delay));
    file(*unit);
    return unit->state;
}

Status MemoryLedger::release(const LeaseRef& lease, nanoseconds delay) {
    const std::lock_guard guard(lock_);
    Unit* unit = TRY(held(lease, "release"));
    ledger::release(*unit, end_of(clock::boot(), delay));
    return {};
}

Status MemoryLedger::record(const Outcome& outcome) {
    const std::lock_guard guard(lock_);
    apply(outcome);
    return {};
}

Result<Answer> MemoryLedger::read(const Query& query) const {
    const std::lock_guard guard(lock_);
    Answer answer;
    if (query.what == Query::What::facts) {
        for (const auto& [name, value] : facts_) {
            if (answer.facts.size() == query.limit) break;
            if (wanted(query, name)) answer.facts.push_back({name.first, name.second, value});
        }
        return answer;
    }
    std::map<std::pair<std::string, State>, std::uint64_t> counts;
    for (const auto& [name, id] : names_) {
        const Unit& unit = units_.at(id);
        if (!wanted(query, name) || (query.state && unit.state != *query.state)) continue;
        answer.any_unit = true;
        if (query.what == Query::What::any_unit) return answer;
        if (query.what == Query::What::counts) {
            ++counts[{unit.kind, unit.state}];
        } else if (answer.units.size() < query.limit) {
            answer.units.push_back(row_of(unit));
        }
    }
    for (const auto& [place, units] : counts) answer.counts.push_back({place.first, place.second, units});
    return answer;
}

}  // namespace

std::unique_ptr<Ledger> make_memory_ledger() { return std::make_unique<MemoryLedger>(); }

}  // namespace haul::ledger
