#include "ledger/sqlite/operations.h"

#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/process.h"
#include "ledger/sqlite/queue.h"
#include "ledger/sqlite/rows.h"

namespace haul::ledger::sqlite {

using std::chrono::nanoseconds;

Status Operations::take_over() {
    return transact(*connection_, [&]() -> Status {
        last_id_ = TRY(connection_->integer_of("SELECT max(id) FROM unit"));
        kinds_ = TRY(kinds_of_units(*connection_));
        TRY(forget_times_of_another_boot());
        for (const UnitId id : TRY(ids_in(State::leased))) {
            Unit unit = TRY(load_unit(*connection_, id)).value();
            void_lease(unit);
            TRY(save_unit(*connection_, unit));
        }
        return {};
    });
}

Status Operations::forget_times_of_another_boot() {
    // Boot times mean nothing after a reboot, nor where the clock is behind that of the last run (another
    // time namespace).
    const std::string boot = process::self().boot_id;
    const std::string now = fmt::format("{:020}", clock::boot().count());
    const auto last_boot = TRY(get_info(*connection_, "boot_id"));
    const auto last_opened = TRY(get_info(*connection_, "opened_at"));
    TRY(put_info(*connection_, "boot_id", boot));
    TRY(put_info(*connection_, "opened_at", now));
    if (last_boot == boot && last_opened <= now) return {};
    for (const UnitId id : TRY(ids_in(State::queued, " AND due > 0"))) {
        Unit unit = TRY(load_unit(*connection_, id)).value();
        unit.due = {};
        TRY(save_unit(*connection_, unit));
    }
    return {};
}

Result<std::vector<UnitId>> Operations::ids_in(State state, std::string_view and_also) {
    const auto select = TRY(connection_->use(fmt::format("SELECT id FROM unit WHERE state = ?{}", and_also)));
    select->bind(static_cast<std::int64_t>(state));
    std::vector<UnitId> ids;
    while (TRY(select->step())) ids.push_back(select->integer(0));
    return ids;
}

Result<Unit> Operations::held(const LeaseRef& lease, std::string_view operation) {
    std::optional<Unit> unit = TRY(load_unit(*connection_, lease.unit));
    if (!unit || !holds(*unit, lease)) return failure(fenced(operation, lease));
    return *std::move(unit);
}

Result<std::vector<Lease>> Operations::claim(const ClaimRequest& request) {
    const nanoseconds now = clock::boot();
    std::vector<Lease> leases;
    for (const UnitId id : TRY(next_units(request, now))) {
        Unit unit = TRY(load_unit(*connection_, id)).value();
        leases.push_back(grant(unit, request.owner, end_of(now, request.lease_for)));
        TRY(save_unit(*connection_, unit));
    }
    return leases;
}

Result<std::vector<UnitId>> Operations::next_units(const ClaimRequest& request, nanoseconds now) {
    Queue queue(*connection_, now);
    if (request.count == 0 || TRY(queue.alone_at_work())) return std::vector<UnitId>{};
    const std::set<std::string> asked(request.kinds.begin(), request.kinds.end());
    const std::set<std::string>& kinds = asked.empty() ? kinds_ : asked;
    std::vector<UnitId> together = TRY(queue.first(kinds, request.count, Queue::Beside::others));
    if (!together.empty() || !TRY(queue.nothing_else())) return together;
    return queue.first(kinds, 1, Queue::Beside::nothing);
}

Status Operations::renew(std::span<const LeaseRef> leases, nanoseconds lease_for) {
    std::vector<Unit> units;
    for (const LeaseRef& lease : leases) units.push_back(TRY(held(lease, "renew")));
    for (Unit& unit : units) {
        unit.lease_until = end_of(clock::boot(), lease_for);
        TRY(save_unit(*connection_, unit));
    }
    return {};
}

Status Operations::checkpoint(const LeaseRef& lease, std::string_view progress, const Outcome& outcome) {
    Unit unit = TRY(held(lease, "checkpoint"));
    keep_progress(unit, progress);
    TRY(save_unit(*connection_, unit));
    return record(outcome);
}

Status Operations::finish(const LeaseRef& lease, const Outcome& outcome) {
    Unit unit = TRY(held(lease, "finish"));
    end(unit);
    TRY(save_unit(*connection_, unit));
    return record(outcome);
}

Result<State> Operations::fail(const LeaseRef& lease, FailKind kind, const Error& error, nanoseconds delay) {
    Unit unit = TRY(held(lease, "fail"));
    count_failure(unit, kind, error, end_of(clock::boot(), delay));
    TRY(save_unit(*connection_, unit));
    return unit.state;
}

Status Operations::release(const LeaseRef& lease, nanoseconds delay) {
    Unit unit = TRY(held(lease, "release"));
    ledger::release(unit, end_of(clock::boot(), delay));
    return save_unit(*connection_, unit);
}

Status Operations::record(const Outcome& outcome) {
    for (const Fact& fact : outcome.facts) TRY(put_fact(*connection_, fact));
    for (const NewUnit& added : outcome.units) {
        if (!TRY(add_unit(*connection_, unit_from(added, last_id_ + 1)))) continue;
        ++last_id_;
        kinds_.insert(added.kind);
    }
    if (!outcome.return_set_aside) return {};
    for (const UnitId id : TRY(ids_in(State::set_aside))) {
        Unit unit = TRY(load_unit(*connection_, id)).value();
        return_to_queue(unit);
        TRY(save_unit(*connection_, unit));
    }
    return {};
}

}  // namespace haul::ledger::sqlite
