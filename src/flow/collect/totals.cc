#include "flow/collect/totals.h"

#include <string>

#include "base/json.h"
#include "flow/collect/facts.h"

namespace haul::collect {
namespace {

Status count_recordings(const ledger::Ledger& ledger, Totals& totals) {
    return ledger::for_each_fact(ledger, kRecordingFact, [&](const ledger::Fact& fact) -> Status {
        const std::string subject = "recording " + fact.key;
        const Recording recording =
            TRY(recording_from(TRY(json::parse(fact.value.value_or("{}"), subject)), subject));
        ++(recording.heard.is_null() ? totals.unheard
           : recording.accepted      ? totals.accepted
                                     : totals.rejected);
        return {};
    });
}

Status count_channels(const ledger::Ledger& ledger, Totals& totals) {
    return ledger::for_each_fact(ledger, kChannelFact, [&](const ledger::Fact& fact) -> Status {
        const Channel channel = TRY(channel_from(fact.value.value_or("{}"), fact.key));
        if (channel.state == ChannelState::accepted) {
            ++totals.channels_accepted;
        } else if (channel.state == ChannelState::closed) {
            ++totals.channels_closed;
        } else {
            ++totals.channels_open;
        }
        return {};
    });
}

Status count_left_out(const ledger::Ledger& ledger, Totals& totals) {
    return ledger::for_each_fact(ledger, kLeftOutFact, [&](const ledger::Fact& fact) -> Status {
        ++totals.left_out[TRY(left_out_from(fact.value.value_or("{}"), fact.key)).why];
        return {};
    });
}

Status count_units(const ledger::Ledger& ledger, Totals& totals) {
    ledger::Query query;
    query.what = ledger::Query::What::counts;
    for (const ledger::Count& count : TRY(ledger.read(query)).counts) {
        if (count.state == ledger::State::set_aside) totals.set_aside += count.units;
        if (count.state == ledger::State::queued) totals.waiting += count.units;
    }
    return {};
}

}  // namespace

Status count(const Work& work, Totals& totals) {
    const ledger::Ledger& ledger = work.ledger();
    constexpr double kMsPerSecond = 1000;
    TRY(ledger::for_each_fact(ledger, kCandidateFact, [&](const ledger::Fact&) -> Status {
        ++totals.candidates;
        return {};
    }));
    TRY(count_recordings(ledger, totals));
    TRY(count_channels(ledger, totals));
    TRY(count_left_out(ledger, totals));
    TRY(count_units(ledger, totals));
    totals.bytes = work.bytes;
    totals.accepted_seconds = static_cast<double>(work.accepted_ms) / kMsPerSecond;
    totals.fetched = work.fetched;
    totals.fetched_bytes = work.fetched_bytes;
    totals.probe_bytes = work.probe_bytes;
    totals.limit_reached = work.limit_reached();
    return {};
}

}  // namespace haul::collect
