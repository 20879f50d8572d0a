#include "flow/collect/filter_unit.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "base/fault_point.h"
#include "flow/collect/facts.h"
#include "flow/collect/judgement.h"

namespace haul::collect {
namespace {

// What nobody can decode is no recording: its row goes, and its file after it.
Result<ledger::Outcome> leave_out(Work& work, engine::Context& context, const Recording& recording,
                                  const std::string& why) {
    ledger::Outcome outcome;
    outcome.facts.push_back({kRecordingFact, recording.id, std::nullopt});
    outcome.facts.push_back({kHashFact, recording.sha256, std::nullopt});
    outcome.facts.push_back(fact_of(recording.id, LeftOut{.why = "undecodable", .detail = why}));
    TRY(context.checkpoint(file_of(recording), outcome));
    work.bytes -= recording.bytes;
    work.say_left_out(recording.candidate, "undecodable", why);
    return ledger::Outcome{};
}

}  // namespace

bool judge(Recording& recording, const Plan& plan) {
    auto reasons = reasons_against(recording.heard, plan.accept);
    if (const Licence& licence = recording.candidate.licence;
        std::ranges::find(plan.accept.licences, licence.id) == plan.accept.licences.end())
        reasons.emplace_back("licence_unwanted");
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
    if (!found) return failure(Code::internal, "filter", id, "no such recording is known");
    Recording recording = *std::move(found);
    const std::string name = file_of(recording);
    const std::string copy = "hear-" + id;
    const std::string path = TRY(work.corpus.at_hand(name, copy, context.shutdown.stop()));
    const auto heard = work.ears->hear(path, context.shutdown.stop());
    TRY(work.corpus.drop(copy));
    if (!heard) return failure(Error(heard.error()));
    FAULT_POINT("collect.filter.heard");
    if (!is_heard(*heard)) {
        TRY(leave_out(work, context, recording, why_unheard(*heard)));
        FAULT_POINT("collect.filter.left_out");
        TRY(work.corpus.remove(name));
        return ledger::Outcome{};
    }
    recording.heard = *heard;
    static_cast<void>(judge(recording, work.plan()));
    work.accepted_ms += accepted_ms(recording);
    work.verdicts.judged(recording.accepted, recording.reasons);
    ledger::Outcome outcome;
    outcome.facts.push_back(fact_of(recording));
    return outcome;
}

}  // namespace haul::collect
