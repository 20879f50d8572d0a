#include "ledger/sqlite/rows.h"

#include <array>
#include <cstring>
#include <span>

#include <fmt/format.h>

#include "base/digest.h"

namespace haul::ledger::sqlite {
namespace {

// CRC-32 over fields, each with its length, so that no byte can move from one field to the next.
class Sum {
  public:
    Sum& add(std::int64_t value) {
        std::array<std::byte, sizeof value> raw{};
        std::memcpy(raw.data(), &value, sizeof value);
        crc_ = digest::crc32(crc_, raw);
        return *this;
    }
    Sum& add(std::string_view bytes) {
        add(static_cast<std::int64_t>(bytes.size()));
        crc_ = digest::crc32(crc_, std::as_bytes(std::span(bytes)));
        return *this;
    }
    [[nodiscard]] std::int64_t value() const { return crc_; }

  private:
    std::uint32_t crc_ = 0;
};

std::int64_t sum_of(const Unit& unit) {
    Sum sum;
    sum.add(unit.id).add(unit.kind).add(unit.key).add(unit.order);
    sum.add(static_cast<std::int64_t>(unit.state)).add(static_cast<std::int64_t>(unit.epoch));
    sum.add(unit.failures).add(unit.child_deaths).add(unit.owner_deaths);
    sum.add(unit.due.count()).add(unit.lease_until.count());
    sum.add(unit.owner).add(unit.payload).add(unit.checkpoint).add(unit.error);
    return sum.value();
}

// Of a fact (kind, key, value) or of an info row (no kind).
std::int64_t sum_of(std::string_view kind, std::string_view key, std::string_view value) {
    return Sum().add(kind).add(key).add(value).value();
}

// What changes in a unit's life, in the order of the columns from `state` on.
void bind_changing(Statement& statement, const Unit& unit) {
    statement.bind(static_cast<std::int64_t>(unit.state)).bind(static_cast<std::int64_t>(unit.epoch));
    statement.bind(unit.failures).bind(unit.child_deaths).bind(unit.owner_deaths);
    statement.bind(unit.due.count()).bind(unit.lease_until.count()).bind(unit.owner);
}

Error damaged(const Connection& connection, std::string_view table, std::string_view row) {
    return make_error(Code::corrupt, "open ledger", connection.path(),
                      fmt::format("the checksum of {} {} does not fit its contents", table, row));
}

// Tables of (kind, key, value, sum); info has a name only.
Status check_values(Connection& connection, const std::string& select, std::string_view table) {
    const auto rows = TRY(connection.use(select));
    while (TRY(rows->step())) {
        if (rows->integer(3) == sum_of(rows->bytes(0), rows->bytes(1), rows->bytes(2))) continue;
        return failure(damaged(connection, table, rows->bytes(1)));
    }
    return {};
}

}  // namespace

Unit unit_at(const Statement& row) {
    Unit unit;
    unit.id = row.integer(0);
    unit.kind = row.bytes(1);
    unit.key = row.bytes(2);
    unit.order = row.integer(3);
    unit.state = static_cast<State>(row.integer(4));
    unit.epoch = static_cast<std::uint64_t>(row.integer(5));
    unit.failures = static_cast<int>(row.integer(6));
    unit.child_deaths = static_cast<int>(row.integer(7));
    unit.owner_deaths = static_cast<int>(row.integer(8));
    unit.due = std::chrono::nanoseconds(row.integer(9));
    unit.lease_until = std::chrono::nanoseconds(row.integer(10));
    unit.owner = row.bytes(11);
    unit.payload = row.bytes(12);
    unit.checkpoint = row.bytes(13);
    unit.error = row.bytes(14);
    return unit;
}

Result<std::optional<Unit>> load_unit(Connection& connection, UnitId id) {
    static const std::string kSelect = fmt::format("SELECT {} FROM unit WHERE id = ?", kUnitColumns);
    const auto select = TRY(connection.use(kSelect));
    select->bind(id);
    if (!TRY(select->step())) return std::optional<Unit>{};
    return unit_at(*select);
}

Status save_unit(Connection& connection, const Unit& unit) {
    const auto update = TRY(connection.use(
        "UPDATE unit SET state = ?, epoch = ?, failures = ?, child_deaths = ?, owner_deaths = ?, due = ?, "
        "lease_until = ?, owner = ?, checkpoint = ?, error = ?, sum = ? WHERE id = ?"));
    bind_changing(*update, unit);
    update->bind(unit.checkpoint).bind(unit.error).bind(sum_of(unit)).bind(unit.id);
    return update->run();
}

Result<bool> add_unit(Connection& connection, const Unit& unit) {
    static const std::string kInsert = fmt::format(
        "INSERT INTO unit ({}, sum) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT (kind, key) DO "
        "NOTHING",
        kUnitColumns);
    const auto insert = TRY(connection.use(kInsert));
    insert->bind(unit.id).bind(unit.kind).bind(unit.key).bind(unit.order);
    bind_changing(*insert, unit);
    insert->bind(unit.payload).bind(unit.checkpoint).bind(unit.error).bind(sum_of(unit));
    TRY(insert->run());
    return connection.changes() > 0;
}

Status put_fact(Connection& connection, const Fact& fact) {
    if (!fact.value) {
        const auto remove = TRY(connection.use("DELETE FROM fact WHERE kind = ? AND key = ?"));
        return remove->bind(fact.kind).bind(fact.key).run();
    }
    const auto insert = TRY(
        connection.use("INSERT INTO fact (kind, key, value, sum) VALUES (?,?,?,?) ON CONFLICT (kind, key) "
                       "DO UPDATE SET value = excluded.value, sum = excluded.sum"));
    insert->bind(fact.kind).bind(fact.key).bind(*fact.value).bind(sum_of(fact.kind, fact.key, *fact.value));
    return insert->run();
}

Status put_info(Connection& connection, std::string_view name, std::string_view value) {
    const auto insert = TRY(connection.use("INSERT OR REPLACE INTO info (name, value, sum) VALUES (?,?,?)"));
    return insert->bind(name).bind(value).bind(sum_of({}, name, value)).run();
}

Result<std::optional<std::string>> get_info(Connection& connection, std::string_view name) {
    const auto select = TRY(connection.use("SELECT value FROM info WHERE name = ?"));
    if (!TRY(select->bind(name).step())) return std::optional<std::string>{};
    return std::string(select->bytes(0));
}

Status check_rows(Connection& connection) {
    TRY(check_values(connection, "SELECT x'', name, value, sum FROM info", "info"));
    TRY(check_values(connection, "SELECT kind, key, value, sum FROM fact", "fact"));
    const auto units = TRY(connection.use(fmt::format("SELECT {}, sum FROM unit", kUnitColumns)));
    while (TRY(units->step())) {
        const Unit unit = unit_at(*units);
        if (units->integer(15) != sum_of(unit) || unit.state > State::set_aside) {
            return failure(damaged(connection, "unit", unit.key));
        }
    }
    return {};
}

}  // namespace haul::ledger::sqlite
