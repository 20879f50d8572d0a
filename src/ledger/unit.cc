#include "ledger/unit.h"

#include <limits>

#include <fmt/format.h>

#include "ledger/failure_log.h"

namespace haul::ledger {
namespace {

using std::chrono::nanoseconds;

void leave_lease(Unit& unit, State state) {
    unit.state = state;
    unit.owner.clear();
    unit.lease_until = {};
    unit.due = {};
}

void forget_counts(Unit& unit) {
    unit.failures = 0;
    unit.child_deaths = 0;
    unit.owner_deaths = 0;
}

bool ran_out(const Unit& unit, nanoseconds now) {
    return unit.lease_until != nanoseconds{} && unit.lease_until <= now;
}

}  // namespace

Unit unit_from(const NewUnit& added, UnitId id) {
    Unit unit;
    unit.id = id;
    unit.kind = added.kind;
    unit.key = added.key;
    unit.payload = added.payload;
    unit.order = added.order;
    return unit;
}

UnitRow row_of(const Unit& unit) {
    UnitRow row;
    row.id = unit.id;
    row.kind = unit.kind;
    row.key = unit.key;
    row.payload = unit.payload;
    row.checkpoint = unit.checkpoint;
    row.error = unit.error;
    row.state = unit.state;
    row.epoch = unit.epoch;
    row.failures = unit.failures;
    row.deaths = unit.child_deaths + unit.owner_deaths;
    return row;
}

bool runs_alone(const Unit& unit) { return unit.owner_deaths >= kOwnerDeathsToRunAlone; }

bool at_work(const Unit& unit, nanoseconds now) { return unit.state == State::leased && !ran_out(unit, now); }

bool claimable(const Unit& unit, nanoseconds now) {
    if (unit.state == State::queued) return unit.due <= now;
    return unit.state == State::leased && ran_out(unit, now);
}

bool holds(const Unit& unit, const LeaseRef& lease) {
    return unit.state == State::leased && unit.epoch == lease.epoch;
}

Error fenced(std::string_view operation, const LeaseRef& lease) {
    return make_error(Code::fenced, std::string(operation), fmt::format("unit {}", lease.unit),
                      fmt::format("its lease of epoch {} is over", lease.epoch));
}

nanoseconds end_of(nanoseconds now, nanoseconds span) {
    if (span <= nanoseconds{}) return {};
    return span > nanoseconds::max() - now ? nanoseconds::max() : now + span;
}

Lease grant(Unit& unit, std::string_view owner, nanoseconds until) {
    unit.state = State::leased;
    unit.epoch += 1;
    unit.owner = owner;
    unit.lease_until = until;
    unit.due = {};

    Lease lease;
    lease.ref = {.unit = unit.id, .epoch = unit.epoch};
    lease.kind = unit.kind;
    lease.key = unit.key;
    lease.payload = unit.payload;
    lease.checkpoint = unit.checkpoint;
    lease.failures = unit.failures;
    lease.deaths = unit.child_deaths + unit.owner_deaths;
    lease.alone = runs_alone(unit);
    return lease;
}

void keep_progress(Unit& unit, std::string_view progress) {
    unit.checkpoint = progress;
    forget_counts(unit);
}

void end(Unit& unit) {
    leave_lease(unit, State::done);
    unit.checkpoint.clear();
}

void count_failure(Unit& unit, FailKind kind, const Error& failure, nanoseconds due) {
    const bool died = kind == FailKind::child_death;
    int& count = died ? unit.child_deaths : unit.failures;
    const int limit = died ? kChildDeathsToSetAside : kFailuresToSetAside;
    count += 1;
    unit.error = with_failure(unit.error, kind, failure);
    const bool aside = kind == FailKind::hopeless || count >= limit;
    leave_lease(unit, aside ? State::set_aside : State::queued);
    if (unit.state == State::queued) unit.due = due;
}

void release(Unit& unit, nanoseconds due) {
    leave_lease(unit, State::queued);
    unit.due = due;
}

void void_lease(Unit& unit) {
    unit.owner_deaths += 1;
    leave_lease(unit, State::queued);
}

void return_to_queue(Unit& unit) {
    forget_counts(unit);
    leave_lease(unit, State::queued);
}

}  // namespace haul::ledger
