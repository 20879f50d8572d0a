// The ledger as one SQLite file: one connection, EXCLUSIVE, WAL, synchronous=FULL, secure_delete; one writer
// thread.
//
// Opening voids every lease of earlier owners at once (their lock on the job is free, or we would not be
// here) and counts a death for each. The caller holds the job's lock; two opens of one file at once are
// refused (Code::busy).
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "ledger/ledger.h"

namespace haul::ledger {

struct OpenedSqlite {
    std::unique_ptr<Ledger> ledger;
    bool created = false;  // the file was not there, or was damaged
    // Where a damaged file was moved, and what was wrong with it.
    std::optional<std::string> moved_aside;
    std::optional<Error> damage;
};

// `path`: the database file; its folder exists. Damage (integrity check, a checksum over each row) moves the
// file aside under a name with the time and starts an empty ledger. A file of a newer schema is
// Code::unsupported and not touched.
[[nodiscard]] Result<OpenedSqlite> open_sqlite(const std::string& path);

}  // namespace haul::ledger
