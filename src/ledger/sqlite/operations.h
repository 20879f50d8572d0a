// What the calls of the ledger do to the rows, inside a transaction that the writer has begun.
//
// Each first checks whether it may (Code::fenced) and only then writes. Belongs to the writer's thread.
#pragma once

#include <chrono>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ledger/sqlite/connection.h"
#include "ledger/unit.h"

namespace haul::ledger::sqlite {

class Operations {
  public:
    explicit Operations(Connection& connection) : connection_(&connection) {}
    // Once, before all else: reads what is kept in memory, and voids what earlier owners left (their leases,
    // times of another boot). In one transaction of its own.
    [[nodiscard]] Status take_over();

    [[nodiscard]] Result<std::vector<Lease>> claim(const ClaimRequest& request);
    [[nodiscard]] Status renew(std::span<const LeaseRef> leases, std::chrono::nanoseconds lease_for);
    [[nodiscard]] Status checkpoint(const LeaseRef& lease, std::string_view progress, const Outcome& outcome);
    [[nodiscard]] Status finish(const LeaseRef& lease, const Outcome& outcome);
    [[nodiscard]] Result<State> fail(const LeaseRef& lease, FailKind kind, const Error& error,
                                     std::chrono::nanoseconds delay);
    [[nodiscard]] Status release(const LeaseRef& lease, std::chrono::nanoseconds delay);
    [[nodiscard]] Status record(const Outcome& outcome);

  private:
    [[nodiscard]] Result<Unit> held(const LeaseRef& lease, std::string_view operation);
    [[nodiscard]] Result<std::vector<UnitId>> ids_in(State state, std::string_view and_also = {});
    [[nodiscard]] Status forget_times_of_another_boot();
    [[nodiscard]] Result<std::vector<UnitId>> next_units(const ClaimRequest& request,
                                                         std::chrono::nanoseconds now);

    Connection* connection_;
    std::set<std::string> kinds_;  // of all units; may hold one whose transaction was undone
    UnitId last_id_ = 0;
};

}  // namespace haul::ledger::sqlite
