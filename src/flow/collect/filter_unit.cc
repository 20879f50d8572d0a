#include "flow/collect/filter_unit.h"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <string>
#include <utility>

#include "base/fault_point.h"
#include "flow/collect/decided.h"
#include "flow/collect/facts.h"
#include "flow/collect/judgement.h"

namespace haul::collect {
namespace {

// What nobody can decode is no recording: its row goes, and its file after it. Its bytes stay known: whoever
// else comes with them is a duplicate.
Status leave_out(Work& work, engine::Context& context, const Recording& recording, const std::string& why) {
    ledger::Outcome outcome;
    outcome.facts.push_back({kRecordingFact, recording.id, std::nullopt});
    outcome.facts.push_back(fact_of(recording.id, LeftOut{.why = "undecodable", .detail = why}));
    TRY(context.checkpoint(file_of(recording), outcome));
    work.forget(recording);
    work.say_left_out(recording.candidate, "undecodable", why);
    FAULT_POINT("collect.filter.left_out");
    return work.corpus.remove(file_of(recording));
}

// Under Work::hashes: another item may have taken its bytes over meanwhile, and then it is no recording.
Status settle(Work& work, engine::Context& context, Recording& recording, const json::Value& heard) {
    const std::lock_guard lock(work.hashes);
    if (!TRY(recording_at(work.ledger(), recording.id))) return {};
    if (!is_heard(heard)) return leave_out(work, context, recording, why_unheard(heard));
    recording.heard = heard;
    static_cast<void>(judge(recording, work));
    ledger::Outcome outcome;
    outcome.facts.push_back(fact_of(recording));
    TRY(context.checkpoint("", outcome));
    work.accepted_ms += accepted_ms(recording);
    work.verdicts.judged(recording.accepted, recording.reasons);
    return {};
}

// What was erased is not listened to.
Status settle_erased(Work& work, engine::Context& context, Recording& recording) {
    const std::lock_guard lock(work.hashes);
    if (!TRY(recording_at(work.ledger(), recording.id))) return {};
    recording.reasons = {kErasedReason};
    ledger::Outcome outcome;
    outcome.facts.push_back(fact_of(recording));
    return context.checkpoint("", outcome);
}

Result<json::Value> hear(Work& work, engine::Context& context, const Recording& recording) {
    const std::string copy = "hear-" + recording.id;
    const std::string path = TRY(work.corpus.at_hand(file_of(recording), copy, context.shutdown.stop()));
    auto heard = work.ears->hear(path, context.shutdown.stop());
    TRY(work.corpus.drop(copy));
    return heard;
}

}  // namespace

bool judge(Recording& recording, const Work& work) {
    const Plan& plan = work.plan();
    auto reasons = reasons_against(recording.heard, plan.accept);
    if (const auto word = work.decisions.of_person(recording.id)) {
        reasons.clear();
        if (!word->accepted) reasons.emplace_back("refused_by_person");
    }
    if (const Licence& licence = recording.candidate.licence;
        std::ranges::find(plan.accept.licences, licence.id) == plan.accept.licences.end())
        reasons.emplace_back("licence_unwanted");
    if (is_erased(work.decisions, recording)) reasons = {kErasedReason};
    const bool accepted = reasons.empty();
    if (recording.accepted == accepted && recording.reasons == reasons) return false;
    recording.accepted = accepted;
    recording.reasons = std::move(reasons);
    return true;
}

std::uint64_t accepted_ms(const Recording& recording) {
    if (!recording.accepted) return 0;
    return static_cast<std::uint64_t>(std::lround(findings_of(recording.heard).speech_seconds * 1000));
}

Result<ledger::Outcome> handle_filter(Work& work, engine::Context& context) {
    const std::string& id = context.lease.key;
    // Left out before we died: its file is all that is left.
    if (!context.lease.checkpoint.empty()) {
        TRY(work.corpus.remove(context.lease.checkpoint));
        return ledger::Outcome{};
    }
    auto found = TRY(recording_at(work.ledger(), id));
    if (!found) return ledger::Outcome{};  // its bytes are another's now
    Recording recording = *std::move(found);
    if (is_erased(work.decisions, recording)) {
        TRY(settle_erased(work, context, recording));
        return ledger::Outcome{};
    }
    const auto heard = hear(work, context, recording);
    FAULT_POINT("collect.filter.heard");
    if (!heard) {
        if (!TRY(recording_at(work.ledger(), id))) return ledger::Outcome{};
        Error error = heard.error();
        error.kept = "the recording " + file_of(recording) + ", not judged";
        return failure(std::move(error));
    }
    TRY(settle(work, context, recording, *heard));
    return ledger::Outcome{};
}

}  // namespace haul::collect
