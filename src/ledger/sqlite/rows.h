// Rows of the ledger file: units, facts and notes about the file, each written with the checksum of its own
// fields.
//
// Every function works in the connection's current transaction.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "ledger/sqlite/connection.h"
#include "ledger/unit.h"

namespace haul::ledger::sqlite {

// nullopt where there is no such unit.
[[nodiscard]] Result<std::optional<Unit>> load_unit(Connection& connection, UnitId id);
// Everything but id, kind, key and order of a unit that is there.
[[nodiscard]] Status save_unit(Connection& connection, const Unit& unit);
// false: its kind and key exist, nothing was changed.
[[nodiscard]] Result<bool> add_unit(Connection& connection, const Unit& unit);

[[nodiscard]] Status put_fact(Connection& connection, const Fact& fact);

[[nodiscard]] Status put_info(Connection& connection, std::string_view name, std::string_view value);
[[nodiscard]] Result<std::optional<std::string>> get_info(Connection& connection, std::string_view name);

// The columns that unit_at reads, for SELECT.
inline constexpr std::string_view kUnitColumns =
    "id, kind, key, ord, state, epoch, failures, child_deaths, owner_deaths, due, lease_until, owner, "
    "payload, "
    "checkpoint, error";
[[nodiscard]] Unit unit_at(const Statement& row);

// Reads every row and compares its sum; the first that differs is Code::corrupt.
[[nodiscard]] Status check_rows(Connection& connection);

}  // namespace haul::ledger::sqlite
