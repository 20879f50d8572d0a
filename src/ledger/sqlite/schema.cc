#include "ledger/sqlite/schema.h"

#include <array>
#include <string>

#include <fmt/format.h>

#include "ledger/sqlite/rows.h"

namespace haul::ledger::sqlite {
namespace {

constexpr const char* kVersion1 = R"sql(
CREATE TABLE info (
    name  BLOB PRIMARY KEY,
    value BLOB NOT NULL,
    sum   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE fact (
    kind  BLOB NOT NULL,
    key   BLOB NOT NULL,
    value BLOB NOT NULL,
    sum   INTEGER NOT NULL,
    PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE unit (
    id           INTEGER PRIMARY KEY,
    kind         BLOB NOT NULL,
    key          BLOB NOT NULL,
    ord          INTEGER NOT NULL,
    state        INTEGER NOT NULL,
    epoch        INTEGER NOT NULL,
    failures     INTEGER NOT NULL,
    child_deaths INTEGER NOT NULL,
    owner_deaths INTEGER NOT NULL,
    due          INTEGER NOT NULL,
    lease_until  INTEGER NOT NULL,
    owner        BLOB NOT NULL,
    payload      BLOB NOT NULL,
    checkpoint   BLOB NOT NULL,
    error        BLOB NOT NULL,
    sum          INTEGER NOT NULL,
    UNIQUE (kind, key)
) STRICT;

CREATE INDEX unit_queue ON unit (state, kind, ord);
)sql";

Status make_version_1(Connection& connection) {
    TRY(connection.exec(kVersion1));
    return connection.exec(fmt::format("PRAGMA application_id = {}", kApplicationId).c_str());
}

// A claim finds units by the order in which they come and by the time from which they may, so that it need
// not pass over those that are put off.
Status make_version_2(Connection& connection) {
    return connection.exec("DROP INDEX unit_queue; CREATE INDEX unit_queue ON unit (state, kind, ord, due)");
}

constexpr std::array<Upgrade, 2> kUpgrades = {make_version_1, make_version_2};
constexpr std::string_view kTables = "tables";  // name of the info row with the definition of all tables

Result<std::string> definition_of_tables(Connection& connection) {
    const auto tables = TRY(connection.use("SELECT type, name, sql FROM sqlite_schema ORDER BY type, name"));
    std::string definition;
    while (TRY(tables->step())) {
        for (const int column : {0, 1, 2}) definition.append(tables->bytes(column)).push_back('\n');
    }
    return definition;
}

Status take_step(Connection& connection, std::int64_t version, Upgrade step) {
    return transact(connection, [&]() -> Status {
        TRY(step(connection));
        TRY(put_info(connection, kTables, TRY(definition_of_tables(connection))));
        return connection.exec(fmt::format("PRAGMA user_version = {}", version).c_str());
    });
}

}  // namespace

std::span<const Upgrade> upgrades() { return kUpgrades; }

Result<Found> inspect_version(Connection& connection, std::int64_t newest) {
    const std::int64_t application = TRY(connection.integer_of("PRAGMA application_id"));
    const std::int64_t version = TRY(connection.integer_of("PRAGMA user_version"));
    const std::int64_t tables = TRY(connection.integer_of("SELECT count(*) FROM sqlite_schema"));
    if (application == 0 && version == 0 && tables == 0) return Found{.version = 0, .empty = true};
    if (application != kApplicationId || version < 0) {
        return failure(Code::corrupt, "open ledger", connection.path(),
                       "it is a database, but not a ledger of ours");
    }
    if (version > newest) {
        Error error = make_error(
            Code::unsupported, "open ledger", connection.path(),
            fmt::format("its schema has version {}, this program knows up to {}", version, newest));
        return failure(std::move(error).with_remedy("use the newer program that wrote it"));
    }
    return Found{.version = version, .empty = false};
}

Status upgrade(Connection& connection, std::int64_t from, std::span<const Upgrade> steps) {
    for (auto at = static_cast<std::size_t>(from); at < steps.size(); ++at) {
        TRY(take_step(connection, static_cast<std::int64_t>(at) + 1, steps[at]));
    }
    return {};
}

Status check_tables(Connection& connection) {
    const auto expected = TRY(get_info(connection, kTables));
    if (expected != TRY(definition_of_tables(connection))) {
        return failure(Code::corrupt, "open ledger", connection.path(),
                       "its tables are not as they were made");
    }
    return {};
}

}  // namespace haul::ledger::sqlite
