// Damage of a ledger file: found before it is used, moved aside rather than removed.
#pragma once

#include <string>

#include "base/result.h"
#include "ledger/sqlite/connection.h"

namespace haul::ledger::sqlite {

// Reads the whole file: pages, indexes and the checksum of each row. Code::corrupt says what is wrong.
[[nodiscard]] Status check_file(Connection& connection);

// Renames `path` and what SQLite keeps beside it to PATH.damaged-YYYYMMDDTHHMMSSZ (wall clock, with a number
// behind it where that name is taken) and returns that path. The database must be closed.
[[nodiscard]] Result<std::string> move_aside(const std::string& path);

}  // namespace haul::ledger::sqlite
