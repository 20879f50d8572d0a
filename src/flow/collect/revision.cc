#include "flow/collect/revision.h"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "base/json.h"
#include "flow/collect/admit.h"
#include "flow/collect/decided.h"
#include "flow/collect/facts.h"
#include "flow/collect/filter_unit.h"
#include "flow/collect/look.h"
#include "flow/collect/search_unit.h"

namespace haul::collect {
namespace {

constexpr std::size_t kAtOnce = 500;

struct Last {
    std::uint64_t number = 0;
    std::string name{}, text{};
};

Result<Last> last_revision(const ledger::Ledger& ledger) {
    Last last;
    TRY(ledger::for_each_fact(ledger, kPlanFact, [&](const ledger::Fact& fact) -> Status {
        const std::string subject = "plan " + fact.key;
        const json::Value value = TRY(json::parse(fact.value.value_or("{}"), subject));
        ++last.number;
        last.name = TRY(json::string_at(value, "name", subject));
        last.text = TRY(json::string_at(value, "text", subject));
        return {};
    }));
    return last;
}

// What was left out for a reason that the plan has no more.
Status readmit_all(Work& work, std::uint64_t revision) {
    std::uint64_t back = 0;
    Readmission readmission(work, revision);
    TRY(ledger::for_each_fact(work.ledger(), kLeftOutFact, [&](const ledger::Fact& fact) -> Status {
        const LeftOut left_out = TRY(left_out_from(fact.value.value_or("{}"), fact.key));
        if (TRY(readmission.take(fact.key, left_out))) ++back;
        return {};
    }));
    TRY(readmission.commit());
    if (back > 0)
        work.hub.note(report::Level::info,
                      fmt::format("{} items that were left out are wanted by the plan as it is now", back));
    return {};
}

// By the plan as it is now.
bool judged_otherwise(const Work& work, Recording& recording) {
    const bool restated = work.take_from_plan(recording.candidate);
    const bool judged = !recording.heard.is_null() && judge(recording, work);
    return restated || judged;
}

}  // namespace

Result<std::string> name_of_corpus(const ledger::Ledger& ledger) { return TRY(last_revision(ledger)).name; }

Result<bool> record_revision(const Work& work) {
    const Last last = TRY(last_revision(work.ledger()));
    if (last.number > 0 && last.text == work.plan().text) return false;
    const std::string key = fmt::format("{:06}", last.number + 1);
    ledger::Outcome outcome;
    outcome.facts.push_back(
        {kPlanFact, key, json::dump(json::Ordered{{"name", work.plan().name}, {"text", work.plan().text}})});
    // Judging is what may be cut short by a kill: it is due until it is done.
    outcome.facts.push_back({kDueFact, kJudge, "{}"});
    TRY(work.ledger().record(outcome));
    if (last.number > 0)
        work.hub.note(report::Level::info, "the plan changed: it applies from here on",
                      work.request.plan_path);
    return true;
}

Status take_stock(Work& work, bool again) {
    const bool due = again || TRY(ledger::fact(work.ledger(), kDueFact, kJudge));
    std::uint64_t changed = 0;
    ledger::Outcome outcome;
    const auto record = [&]() -> Status {
        const ledger::Outcome now = std::exchange(outcome, {});
        return now.facts.empty() ? Status() : work.ledger().record(now);
    };
    TRY(for_each_recording(work.ledger(), [&](const Recording& known) -> Status {
        Recording recording = known;
        work.bytes += recording.bytes;
        if (due && judged_otherwise(work, recording)) {
            ++changed;
            say_where_erased(work, recording);
            outcome.facts.push_back(fact_of(recording));
        }
        work.accepted_ms += accepted_ms(recording);
        return outcome.facts.size() < kAtOnce ? Status() : record();
    }));
    TRY(record());
    if (!due) return {};
    TRY(reopen_channels(work));
    const std::uint64_t revision = TRY(last_revision(work.ledger())).number;
    TRY(readmit_all(work, revision));
    TRY(take_up_searches(work, revision));
    if (changed > 0)
        work.hub.note(report::Level::info,
                      fmt::format("{} recordings are judged otherwise by the plan as it is now", changed));
    outcome.facts.push_back({kDueFact, kJudge, std::nullopt});
    return record();
}

}  // namespace haul::collect
