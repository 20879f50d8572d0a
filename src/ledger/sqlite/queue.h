// Which units come next: the questions that a claim asks of the rows, at one moment.
//
// Kinds are asked one by one, so that the index (state, kind, ord) answers each with its first few rows
// however many wait.
#pragma once

#include <chrono>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "ledger/sqlite/connection.h"
#include "ledger/unit.h"

namespace haul::ledger::sqlite {

class Queue {
  public:
    Queue(Connection& connection, std::chrono::nanoseconds now)
        : connection_(&connection), now_(now.count()) {}

    enum class Beside : std::uint8_t {
        others,
        nothing
    };  // what may run beside them: not those that must run alone, or only those
    // Up to `count` claimable units of these kinds: lowest order first, ties in the order of adding.
    [[nodiscard]] Result<std::vector<UnitId>> first(const std::set<std::string>& kinds, std::size_t count,
                                                    Beside beside);
    // A unit that must run alone is at work.
    [[nodiscard]] Result<bool> alone_at_work();
    // No unit is at work, and all that wait must run alone.
    [[nodiscard]] Result<bool> nothing_else();

  private:
    [[nodiscard]] Result<bool> any(const std::string& condition);

    Connection* connection_;
    std::int64_t now_;
};

[[nodiscard]] Result<std::set<std::string>> kinds_of_units(Connection& connection);

}  // namespace haul::ledger::sqlite
