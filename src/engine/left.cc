#include "engine/left.h"

#include <string>
#include <vector>

namespace haul::engine {
namespace {

// A kind of no name stands for all.
std::vector<std::string> kinds_of(const Options& options) {
    return options.kinds ? options.kinds() : std::vector<std::string>{""};
}

}  // namespace

Result<bool> is_any_open(const ledger::Ledger& ledger, const Options& options) {
    ledger::Query query;
    query.what = ledger::Query::What::any_unit;
    for (const std::string& kind : kinds_of(options)) {
        query.kind = kind;
        for (const ledger::State state : {ledger::State::queued, ledger::State::leased}) {
            query.state = state;
            if (TRY(ledger.read(query)).any_unit) return true;
        }
    }
    return false;
}

Result<Left> what_is_left(const ledger::Ledger& ledger, const Options& options) {
    Left left{.open = TRY(is_any_open(ledger, options))};
    ledger::Query query;
    query.what = ledger::Query::What::counts;
    query.state = ledger::State::set_aside;
    for (const std::string& kind : kinds_of(options)) {
        query.kind = kind;
        for (const ledger::Count& count : TRY(ledger.read(query)).counts) left.set_aside += count.units;
    }
    return left;
}

}  // namespace haul::engine
