#include "flow/collect/units.h"

#include <fmt/format.h>

#include <utility>

#include "base/json.h"

namespace haul::collect {
namespace {

constexpr char kTurn = '@';

// Orders: the least is first. What is nearest to its end is, and a channel is judged before more is fetched.
constexpr int kFilterOrder = -3, kProbeOrder = -2, kDownloadOrder = 0;

}  // namespace

std::string in_turn(const std::string& key, std::string_view turn) {
    return turn.empty() ? key : fmt::format("{}{}{}", key, kTurn, turn);
}

std::string without_turn(const std::string& key) { return key.substr(0, key.find(kTurn)); }

Result<std::vector<ledger::UnitRow>> turns_of(const ledger::Ledger& ledger, const std::string& kind,
                                              const std::string& key) {
    std::vector<ledger::UnitRow> found;
    ledger::Query query;
    query.what = ledger::Query::What::units;
    query.kind = kind;
    query.key = key;
    for (ledger::UnitRow& unit : TRY(ledger.read(query)).units) found.push_back(std::move(unit));
    // In the order of keys nothing stands between them.
    query.key.clear();
    query.after = key + kTurn;
    while (true) {
        auto page = TRY(ledger.read(query)).units;
        for (ledger::UnitRow& unit : page) {
            if (without_turn(unit.key) != key) return found;
            query.after = unit.key;
            found.push_back(std::move(unit));
        }
        if (page.size() < query.limit) return found;
    }
}

ledger::NewUnit download_unit(const std::string& item_id, std::string_view turn) {
    return {kDownloadUnit, in_turn(item_id, turn), "{}", kDownloadOrder};
}

ledger::NewUnit probe_unit(const std::string& channel_id, const std::string& item_id, std::string_view turn) {
    const json::Ordered payload = {{"channel", channel_id}};
    return {kProbeUnit, in_turn(channel_id + "/" + item_id, turn), json::dump(payload), kProbeOrder};
}

ledger::NewUnit filter_unit(const std::string& item_id) { return {kFilterUnit, item_id, "{}", kFilterOrder}; }

}  // namespace haul::collect
