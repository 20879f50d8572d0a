// Which units come next: the questions that a claim asks of the rows, at one moment.
//
// Kinds are asked one by one, and in a kind its orders, so that the index (state, kind, ord, due) answers
// each with its first few rows: however many wait, are put off or done, none of those is passed over. Only
// units that must run alone are; they are as few as were ever at work in a death.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
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
    // Up to `count` claimable units of these kinds, in the order of their turns.
    [[nodiscard]] Result<std::vector<UnitId>> first(const std::set<std::string>& kinds, std::size_t count,
                                                    Beside beside);
    // A unit that must run alone is at work.
    [[nodiscard]] Result<bool> alone_at_work();
    // No unit is at work, and all that wait must run alone.
    [[nodiscard]] Result<bool> nothing_else();

  private:
    // Each adds at most `count` of a kind.
    [[nodiscard]] Status find_waiting(const std::string& kind, std::size_t count, Beside beside,
                                      std::vector<Turn>& found);
    [[nodiscard]] Status find_lost(const std::string& kind, std::size_t count, Beside beside,
                                   std::vector<Turn>& found);
    // The lowest order, not below `least`, of units of a kind that wait, due or not.
    [[nodiscard]] Result<std::optional<std::int64_t>> order_from(const std::string& kind, std::int64_t least);
    [[nodiscard]] Result<bool> any(const std::string& condition);

    Connection* connection_;
    std::int64_t now_;
};

[[nodiscard]] Result<std::set<std::string>> kinds_of_units(Connection& connection);

}  // namespace haul::ledger::sqlite
