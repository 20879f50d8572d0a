// One unit and the rules by which it changes: the states table of docs/ledger.md as plain functions, shared
// by every ledger.
//
// Values only: no clock, no storage, no locks. Times are boot time; the ledgers pass them in. A function that
// needs the lease is called after `holds` said yes.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>

#include "ledger/ledger.h"

namespace haul::ledger {

struct Unit {
    UnitId id = 0;
    std::string kind, key, payload, checkpoint, error, owner;
    State state = State::queued;
    std::uint64_t epoch = 0;
    std::int64_t order = 0;
    int failures = 0, child_deaths = 0, owner_deaths = 0;  // since the last checkpoint
    std::chrono::nanoseconds due = {};                     // queued: not before; 0: at once
    std::chrono::nanoseconds lease_until = {};             // leased: runs out then; 0: never
};

[[nodiscard]] Unit unit_from(const NewUnit& added, UnitId id);
[[nodiscard]] UnitRow row_of(const Unit& unit);

[[nodiscard]] bool runs_alone(const Unit& unit);
// At work under a lease that has not run out.
[[nodiscard]] bool at_work(const Unit& unit, std::chrono::nanoseconds now);
// Its time has come: queued and due, or its lease ran out.
[[nodiscard]] bool claimable(const Unit& unit, std::chrono::nanoseconds now);
// Its turn among those that are claimable: the least is claimed first. What was put off comes behind what
// was not, so that what comes back again and again, such as the items of a host that is away, never keeps
// others from their turn.
using Turn = std::tuple<std::int64_t, std::chrono::nanoseconds, UnitId>;  // order, due, id
[[nodiscard]] inline Turn turn_of(const Unit& unit) { return {unit.order, unit.due, unit.id}; }
// Whether `lease` is the unit's lease of now. One that ran out holds until the next claim.
[[nodiscard]] bool holds(const Unit& unit, const LeaseRef& lease);
[[nodiscard]] Error fenced(std::string_view operation, const LeaseRef& lease);

// When a span that begins now is over, without wrapping around; 0 where it is not positive: a lease that
// never runs out, a unit that is due at once.
[[nodiscard]] std::chrono::nanoseconds end_of(std::chrono::nanoseconds now, std::chrono::nanoseconds span);

[[nodiscard]] Lease grant(Unit& unit, std::string_view owner, std::chrono::nanoseconds until);
void keep_progress(Unit& unit, std::string_view progress);
void end(Unit& unit);
// Counts and records `failure`; queued (not before `due`) or set aside.
void count_failure(Unit& unit, FailKind kind, const Error& failure, std::chrono::nanoseconds due);
// Queued again, not before `due`.
void release(Unit& unit, std::chrono::nanoseconds due);
// The lease's owner died.
void void_lease(Unit& unit);
void return_to_queue(Unit& unit);

}  // namespace haul::ledger
