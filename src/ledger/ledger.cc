#include "ledger/ledger.h"

#include <utility>

namespace haul::ledger {
namespace {

template <class Row>
Status for_each(const Ledger& ledger, Query query, std::vector<Row> Answer::* rows,
                const std::function<Status(const Row&)>& visit) {
    while (true) {
        const Answer answer = TRY(ledger.read(query));
        for (const Row& row : answer.*rows) TRY(visit(row));
        if ((answer.*rows).size() < query.limit) return {};
        query.after = (answer.*rows).back().key;
    }
}

}  // namespace

std::string_view name_of(State state) {
    switch (state) {
        case State::queued:
            return "queued";
        case State::leased:
            return "leased";
        case State::done:
            return "done";
        case State::set_aside:
            return "set_aside";
    }
    return "queued";
}

Result<std::optional<std::string>> fact(const Ledger& ledger, std::string_view kind, std::string_view key) {
    Query query;
    query.what = Query::What::facts;
    query.kind = kind;
    query.key = key;
    query.limit = 1;
    Answer answer = TRY(ledger.read(query));
    // Empty words in a query mean "any": what came back is the answer only where it is what was asked for.
    if (answer.facts.empty()) return std::optional<std::string>{};
    Fact& found = answer.facts.front();
    if (found.kind != kind || found.key != key) return std::optional<std::string>{};
    return std::move(found.value);
}

Status for_each_fact(const Ledger& ledger, std::string_view kind,
                     const std::function<Status(const Fact&)>& visit) {
    Query query;
    query.what = Query::What::facts;
    query.kind = kind;
    return for_each(ledger, std::move(query), &Answer::facts, visit);
}

Status for_each_unit(const Ledger& ledger, std::string_view kind,
                     const std::function<Status(const UnitRow&)>& visit) {
    Query query;
    query.what = Query::What::units;
    query.kind = kind;
    return for_each(ledger, std::move(query), &Answer::units, visit);
}

}  // namespace haul::ledger
