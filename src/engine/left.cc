#include "engine/left.h"

#include <algorithm>
#include <string>
#include <vector>

namespace haul::engine {

Result<Left> count_left(const ledger::Ledger& ledger, const Options& options) {
    ledger::Query query;
    query.what = ledger::Query::What::counts;
    const ledger::Answer answer = TRY(ledger.read(query));
    const auto kinds = options.kinds ? options.kinds() : std::vector<std::string>();
    Left left;
    for (const ledger::Count& count : answer.counts) {
        if (options.kinds && std::ranges::find(kinds, count.kind) == kinds.end()) continue;
        if (count.state == ledger::State::set_aside) left.set_aside += count.units;
        if (count.state == ledger::State::queued || count.state == ledger::State::leased)
            left.open += count.units;
    }
    return left;
}

}  // namespace haul::engine
