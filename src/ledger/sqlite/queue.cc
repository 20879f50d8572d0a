#include "ledger/sqlite/queue.h"

#include <algorithm>
#include <limits>
#include <utility>

#include <fmt/format.h>

namespace haul::ledger::sqlite {
namespace {

constexpr auto kQueued = static_cast<int>(State::queued), kLeased = static_cast<int>(State::leased);

const std::string& select_first(State state, Queue::Beside beside) {
    const auto text = [](int in_state, const char* time_has_come, const char* deaths) {
        return fmt::format(
            "SELECT ord, id FROM unit WHERE state = {} AND kind = ?1 AND {} AND owner_deaths {} {} ORDER BY "
            "ord, id LIMIT ?3",
            in_state, time_has_come, deaths, kOwnerDeathsToRunAlone);
    };
    constexpr const char* kDue = "due <= ?2";
    constexpr const char* kRanOut = "lease_until BETWEEN 1 AND ?2";
    static const std::string kWaiting = text(kQueued, kDue, "<"), kWaitingAlone = text(kQueued, kDue, ">=");
    static const std::string kLost = text(kLeased, kRanOut, "<"), kLostAlone = text(kLeased, kRanOut, ">=");
    if (state == State::queued) return beside == Queue::Beside::others ? kWaiting : kWaitingAlone;
    return beside == Queue::Beside::others ? kLost : kLostAlone;
}

}  // namespace

Result<std::vector<UnitId>> Queue::first(const std::set<std::string>& kinds, std::size_t count,
                                         Beside beside) {
    constexpr std::size_t kMost = std::numeric_limits<std::int64_t>::max();
    const auto limit = static_cast<std::int64_t>(std::min(count, kMost));
    std::vector<std::pair<std::int64_t, UnitId>> found;
    for (const std::string& kind : kinds) {
        for (const State state : {State::queued, State::leased}) {
            const auto select = TRY(connection_->use(select_first(state, beside)));
            select->bind(kind).bind(now_).bind(limit);
            while (TRY(select->step())) found.emplace_back(select->integer(0), select->integer(1));
        }
    }
    std::ranges::sort(found);
    if (found.size() > count) found.resize(count);
    std::vector<UnitId> ids;
    ids.reserve(found.size());
    for (const auto& [order, id] : found) ids.push_back(id);
    return ids;
}

Result<bool> Queue::any(const std::string& condition) {
    const auto select = TRY(connection_->use("SELECT 1 FROM unit WHERE " + condition + " LIMIT 1"));
    if (condition.find('?') != std::string::npos) select->bind(now_);
    return select->step();
}

Result<bool> Queue::alone_at_work() {
    static const std::string kCondition =
        fmt::format("state = {} AND (lease_until = 0 OR lease_until > ?) AND owner_deaths >= {}", kLeased,
                    kOwnerDeathsToRunAlone);
    return any(kCondition);
}

Result<bool> Queue::nothing_else() {
    static const std::string kAtWork =
        fmt::format("state = {} AND (lease_until = 0 OR lease_until > ?)", kLeased);
    static const std::string kOthers =
        fmt::format("state IN ({}, {}) AND owner_deaths < {}", kQueued, kLeased, kOwnerDeathsToRunAlone);
    return !TRY(any(kAtWork)) && !TRY(any(kOthers));
}

Result<std::set<std::string>> kinds_of_units(Connection& connection) {
    const auto select = TRY(connection.use("SELECT DISTINCT kind FROM unit"));
    std::set<std::string> kinds;
    while (TRY(select->step())) kinds.emplace(select->bytes(0));
    return kinds;
}

}  // namespace haul::ledger::sqlite
