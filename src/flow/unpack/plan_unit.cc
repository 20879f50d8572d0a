// The unit "plan": one archive, cut into runs of about 256 MiB.
#include <fmt/format.h>

#include <utility>

#include "base/json.h"
#include "flow/unpack/outcome_log.h"
#include "flow/unpack/read_twice.h"
#include "flow/unpack/units.h"

namespace haul::unpack {
namespace {

constexpr std::uint64_t kRunBytes = 256ULL << 20U;
constexpr std::size_t kRunItems = 100'000;

}  // namespace

zip::Limits limits_of(const Request& request) {
    zip::Limits limits;
    limits.max_ratio = request.max_ratio;
    return limits;
}

Result<std::shared_ptr<const Index>> index_of(Work& work, std::size_t archive) {
    auto index = read_twice(work, work.archives.names[archive], [&](bool /*again*/) {
        return work.indexes.get(work.archives, archive, limits_of(work.request), work.shutdown.stop());
    });
    if (index || index.error().code != Code::denied) return index;
    Error error = std::move(index).error();
    error.code = Code::io;
    return failure(std::move(error));
}

Result<engine::Reservation> reserve_index(Work& work, engine::Context& context, std::size_t archive,
                                          std::uint64_t beside) {
    auto index = Index::memory_for(work.archives, archive);
    if (!index && index.error().code == Code::denied) index.error().code = Code::io;  // as index_of
    return context.memory.reserve(TRY(std::move(index)) + beside, work.archives.names[archive],
                                  work.shutdown.drain());
}

ledger::NewUnit plan_unit(const Archives& archives, std::size_t archive) {
    const json::Ordered payload{{"archive", archive}, {"identity", archives.identities[archive]}};
    return {kPlanUnit, fmt::format("{:06}", archive), json::dump(payload),
            static_cast<std::int64_t>(archive)};
}

Result<bool> still_planned(const Archives& archives, const std::string& payload) {
    const json::Value value = TRY(json::parse(payload, "plan unit"));
    const std::size_t archive = TRY(json::uint_at(value, "archive", "plan unit"));
    return archive < archives.names.size() && plan_unit(archives, archive).payload == payload;
}

Result<ledger::Outcome> handle_plan(Work& work, engine::Context& context) {
    const json::Value payload = TRY(json::parse(context.lease.payload, "plan unit"));
    const std::size_t archive = TRY(json::uint_at(payload, "archive", "plan unit"));
    const engine::Reservation memory = TRY(reserve_index(work, context, archive, 0));
    auto read = index_of(work, archive);
    if (!read && read.error().code == Code::corrupt) {
        // No other try makes it whole: its members are lost, the other archives' are not.
        OutcomeLog log(work);
        log.failed(work.archives.names[archive], std::move(read).error());
        return log.take(context.lease.key);
    }
    const auto index = TRY(std::move(read));
    ledger::Outcome outcome;
    RunUnit run{archive, 0, 0};
    std::uint64_t bytes = 0;
    for (std::size_t at = 0; at < index->count(); ++at) {
        const std::optional<Item> item = index->item(at);
        if (item && item->kind == zip::Kind::file) bytes += item->size;
        run.last = at + 1;
        if (bytes < kRunBytes && run.last - run.first < kRunItems) continue;
        outcome.units.push_back(run_unit(run));
        run.first = run.last;
        bytes = 0;
    }
    if (run.first < run.last) outcome.units.push_back(run_unit(run));
    return outcome;
}

}  // namespace haul::unpack
