// Queries for reports: rows as they are now, in byte order of kind and key.
#pragma once

#include "base/result.h"
#include "ledger/ledger.h"
#include "ledger/sqlite/connection.h"

namespace haul::ledger::sqlite {

[[nodiscard]] Result<Answer> select(Connection& connection, const Query& query);

}  // namespace haul::ledger::sqlite
