#include "ledger/sqlite/select.h"

#include <algorithm>
#include <limits>
#include <string>

#include <fmt/format.h>

#include "ledger/sqlite/rows.h"

namespace haul::ledger::sqlite {
namespace {

std::string conditions(const Query& query) {
    std::string text = " WHERE true";
    if (!query.kind.empty()) text += " AND kind = ?";
    if (!query.key.empty()) text += " AND key = ?";
    if (!query.after.empty()) text += " AND key > ?";
    const bool of_units = query.what != Query::What::facts;
    if (of_units && query.state) text += fmt::format(" AND state = {}", static_cast<int>(*query.state));
    return text;
}

void bind_conditions(Statement& statement, const Query& query) {
    if (!query.kind.empty()) statement.bind(query.kind);
    if (!query.key.empty()) statement.bind(query.key);
    if (!query.after.empty()) statement.bind(query.after);
}

std::int64_t limit_of(const Query& query) {
    constexpr std::size_t kMost = std::numeric_limits<std::int64_t>::max();
    return static_cast<std::int64_t>(std::min(query.limit, kMost));
}

Status select_facts(Connection& connection, const Query& query, Answer& answer) {
    const auto rows = TRY(connection.use("SELECT kind, key, value FROM fact" + conditions(query) +
                                         " ORDER BY kind, key LIMIT ?"));
    bind_conditions(*rows, query);
    rows->bind(limit_of(query));
    while (TRY(rows->step())) {
        answer.facts.push_back(
            {std::string(rows->bytes(0)), std::string(rows->bytes(1)), std::string(rows->bytes(2))});
    }
    return {};
}

Status select_units(Connection& connection, const Query& query, Answer& answer) {
    const auto rows = TRY(connection.use(
        fmt::format("SELECT {} FROM unit{} ORDER BY kind, key LIMIT ?", kUnitColumns, conditions(query))));
    bind_conditions(*rows, query);
    rows->bind(limit_of(query));
    while (TRY(rows->step())) answer.units.push_back(row_of(unit_at(*rows)));
    return {};
}

Status select_counts(Connection& connection, const Query& query, Answer& answer) {
    const auto rows = TRY(connection.use("SELECT kind, state, count(*) FROM unit" + conditions(query) +
                                         " GROUP BY kind, state ORDER BY kind, state"));
    bind_conditions(*rows, query);
    while (TRY(rows->step())) {
        answer.counts.push_back({std::string(rows->bytes(0)), static_cast<State>(rows->integer(1)),
                                 static_cast<std::uint64_t>(rows->integer(2))});
    }
    return {};
}

Status select_any_unit(Connection& connection, const Query& query, Answer& answer) {
    const auto row = TRY(connection.use("SELECT 1 FROM unit" + conditions(query) + " LIMIT 1"));
    bind_conditions(*row, query);
    answer.any_unit = TRY(row->step());
    return {};
}

}  // namespace

Result<Answer> select(Connection& connection, const Query& query) {
    Answer answer;
    switch (query.what) {
        case Query::What::facts:
            TRY(select_facts(connection, query, answer));
            break;
        case Query::What::units:
            TRY(select_units(connection, query, answer));
            break;
        case Query::What::counts:
            TRY(select_counts(connection, query, answer));
            break;
        case Query::What::any_unit:
            TRY(select_any_unit(connection, query, answer));
            break;
    }
    return answer;
}

}  // namespace haul::ledger::sqlite
