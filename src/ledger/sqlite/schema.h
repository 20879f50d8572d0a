// The tables of the ledger file, and how an older file becomes a current one.
//
// PRAGMA application_id tells our files from others, PRAGMA user_version is the schema's version. Every row
// carries `sum`, the CRC-32 of its own fields (rows.h). Names and contents are BLOBs; times are nanoseconds
// of boot time.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/result.h"
#include "ledger/sqlite/connection.h"

namespace haul::ledger::sqlite {

inline constexpr std::int64_t kApplicationId = 0x4861756C;  // "Haul"

// Makes version N from N - 1, inside a transaction; the first makes version 1 from nothing. A step that
// rewrites rows checks their sums first, so that damage is never given a fresh sum.
using Upgrade = Status (*)(Connection&);
// Index N - 1 leads to version N; the last is what this program writes.
[[nodiscard]] std::span<const Upgrade> upgrades();

struct Found {
    std::int64_t version = 0;
    bool empty = false;  // a new database: no tables, nobody's application id
};
// Code::unsupported: newer than `newest`; Code::corrupt: a database, but not ours.
[[nodiscard]] Result<Found> inspect_version(Connection& connection, std::int64_t newest);

// Applies what is missing behind `from`, each step in a transaction of its own.
[[nodiscard]] Status upgrade(Connection& connection, std::int64_t from, std::span<const Upgrade> steps);

// Code::corrupt where the tables are not those that the last upgrade left (a flipped bit in their
// definition).
[[nodiscard]] Status check_tables(Connection& connection);

}  // namespace haul::ledger::sqlite
