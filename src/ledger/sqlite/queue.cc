#include "ledger/sqlite/queue.h"

#include <algorithm>
#include <limits>
#include <utility>

#include <fmt/format.h>

namespace haul::ledger::sqlite {
namespace {

constexpr auto kQueued = static_cast<int>(State::queued), kLeased = static_cast<int>(State::leased);

// One text for those that run beside others, one for those that must run alone.
struct Texts {
    explicit Texts(const std::string& with_deaths)
        : others(fmt::format(fmt::runtime(with_deaths), fmt::format("< {}", kOwnerDeathsToRunAlone))),
          alone(fmt::format(fmt::runtime(with_deaths), fmt::format(">= {}", kOwnerDeathsToRunAlone))) {}
    [[nodiscard]] const std::string& of(Queue::Beside beside) const {
        return beside == Queue::Beside::others ? others : alone;
    }
    std::string others, alone;
};

std::int64_t limit_of(std::size_t count) {
    constexpr std::size_t kMost = std::numeric_limits<std::int64_t>::max();
    return static_cast<std::int64_t>(std::min(count, kMost));
}

}  // namespace

Result<std::vector<UnitId>> Queue::first(const std::set<std::string>& kinds, std::size_t count,
                                         Beside beside) {
    std::vector<Turn> found;
    for (const std::string& kind : kinds) {
        TRY(find_waiting(kind, count, beside, found));
        TRY(find_lost(kind, count, beside, found));
    }
    std::ranges::sort(found);
    if (found.size() > count) found.resize(count);
    std::vector<UnitId> ids;
    ids.reserve(found.size());
    for (const auto& [order, due, id] : found) ids.push_back(id);
    return ids;
}

Status Queue::find_waiting(const std::string& kind, std::size_t count, Beside beside,
                           std::vector<Turn>& found) {
    static const Texts kTexts(
        fmt::format("SELECT due, id FROM unit WHERE state = {} AND kind = ? AND ord = ? AND due <= ? AND "
                    "owner_deaths {{}} ORDER BY due, id LIMIT ?",
                    kQueued));
    const std::size_t enough = found.size() + count;
    auto order = TRY(order_from(kind, std::numeric_limits<std::int64_t>::min()));
    while (order) {
        const auto select = TRY(connection_->use(kTexts.of(beside)));
        select->bind(kind).bind(*order).bind(now_).bind(limit_of(enough - found.size()));
        while (TRY(select->step()))
            found.emplace_back(*order, std::chrono::nanoseconds(select->integer(0)), select->integer(1));
        if (found.size() >= enough || *order == std::numeric_limits<std::int64_t>::max()) break;
        order = TRY(order_from(kind, *order + 1));
    }
    return {};
}

Status Queue::find_lost(const std::string& kind, std::size_t count, Beside beside, std::vector<Turn>& found) {
    static const Texts kTexts(fmt::format(
        "SELECT ord, due, id FROM unit WHERE state = {} AND kind = ? AND lease_until BETWEEN 1 AND "
        "? AND owner_deaths {{}} ORDER BY ord, due, id LIMIT ?",
        kLeased));
    const auto select = TRY(connection_->use(kTexts.of(beside)));
    select->bind(kind).bind(now_).bind(limit_of(count));
    while (TRY(select->step()))
        found.emplace_back(select->integer(0), std::chrono::nanoseconds(select->integer(1)),
                           select->integer(2));
    return {};
}

Result<std::optional<std::int64_t>> Queue::order_from(const std::string& kind, std::int64_t least) {
    static const std::string kNext = fmt::format(
        "SELECT ord FROM unit WHERE state = {} AND kind = ? AND ord >= ? ORDER BY ord LIMIT 1", kQueued);
    const auto select = TRY(connection_->use(kNext));
    select->bind(kind).bind(least);
    if (!TRY(select->step())) return std::optional<std::int64_t>();
    return std::optional(select->integer(0));
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

// Not DISTINCT, which would read the whole index: each kind leads to the next.
Result<std::set<std::string>> kinds_of_units(Connection& connection) {
    constexpr const char* kFirst = "SELECT kind FROM unit ORDER BY kind LIMIT 1";
    constexpr const char* kNext = "SELECT kind FROM unit WHERE kind > ? ORDER BY kind LIMIT 1";
    std::set<std::string> kinds;
    while (true) {
        const auto select = TRY(connection.use(kinds.empty() ? kFirst : kNext));
        if (!kinds.empty()) select->bind(*kinds.rbegin());
        if (!TRY(select->step())) return kinds;
        kinds.emplace(select->bytes(0));
    }
}

}  // namespace haul::ledger::sqlite
