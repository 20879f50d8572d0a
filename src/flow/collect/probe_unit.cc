#include "flow/collect/probe_unit.h"

#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "base/fault_point.h"
#include "base/json.h"
#include "flow/collect/admit.h"
#include "flow/collect/facts.h"
#include "flow/collect/judgement.h"
#include "flow/collect/search_unit.h"

namespace haul::collect {
namespace {

constexpr std::size_t kItemsAtOnce = 500;
// So many items of a channel are heard at most: those that cannot be decoded, or in which nobody speaks long
// enough, do not say what the others are.
constexpr unsigned kMostHeard = 3;

class Prober {
  public:
    Prober(Work& work, engine::Context& context) : work_(work), context_(context) {}

    Result<ledger::Outcome> run() {
        const std::string subject = "probe " + context_.lease.key;
        const json::Value payload = TRY(json::parse(context_.lease.payload, subject));
        channel_id_ = TRY(json::string_at(payload, "channel", subject));
        const std::string first = TRY(json::string_at(payload, "first", subject));
        auto channel = TRY(channel_at(work_.ledger(), channel_id_));
        if (!channel) return failure(Code::internal, "probe", channel_id_, "no such channel was found");
        if (channel->state == ChannelState::probing) TRY(decide(*channel, first));
        if (channel->state == ChannelState::accepted) TRY(let_through());
        return ledger::Outcome{};
    }

  private:
    Status decide(Channel& channel, const std::string& first) {
        channel.state = ChannelState::idle;
        for (std::optional<std::string> id = first; id && channel.state == ChannelState::idle;) {
            TRY(context_.check_stop());
            tried_.insert(*id);
            TRY(try_item(channel, *id));
            id = TRY(next_untried());
        }
        FAULT_POINT("collect.probe.before_commit");
        {
            const std::lock_guard lock(work_.admission);
            // What was found since the last look would have no probe.
            const bool more = channel.state == ChannelState::idle && TRY(next_untried());
            // Nothing could be judged, and what stood in the way may pass: no word on the channel yet.
            if (!more && channel.state == ChannelState::idle && broken_) return failure(*broken_);
            if (!more) return commit(channel);
        }
        return decide(channel, *TRY(next_untried()));
    }

    Status commit(const Channel& channel) {
        ledger::Outcome outcome = std::move(outcome_);
        outcome.facts.push_back(fact_of(channel_id_, channel));
        if (channel.state == ChannelState::accepted) outcome.units.push_back(channel_search(channel_id_));
        TRY(context_.checkpoint("{}", outcome));
        FAULT_POINT("collect.probe.committed");
        work_.verdicts.probed(std::string(name_of(channel.state)));
        say(channel);
        return {};
    }

    Result<std::optional<std::string>> next_untried() {
        std::string after;
        while (true) {
            const auto ids = TRY(items_of(work_.ledger(), channel_id_, after, kItemsAtOnce));
            if (ids.empty()) return std::optional<std::string>();
            for (const std::string& id : ids)
                if (!tried_.contains(id)) return std::optional(id);
            after = ids.back();
        }
    }

    // Leaves the channel idle where the item is not fit to judge it by.
    Status try_item(Channel& channel, const std::string& id) {
        if (TRY(left_out_at(work_.ledger(), id))) return {};
        const auto candidate = TRY(candidate_at(work_.ledger(), id));
        if (!candidate) return {};
        const auto asked = describe(work_, unit_of(id), *candidate, context_.shutdown.stop());
        if (!asked) return pass_over(asked.error());
        const Described& described = *asked;
        if (described.left_out) return leave_out(described.candidate, *described.left_out);
        outcome_.facts.push_back(fact_of(described.candidate));
        const auto heard = TRY(fetch_and_hear(channel, described.candidate));
        if (!heard) return {};
        const ChannelJudgement judgement = judge_channel(*heard, work_.plan());
        channel.of = described.candidate;
        channel.probe = id;
        channel.score = judgement.score;
        channel.reasons = judgement.reasons;
        if (judgement.reasons.empty()) {
            channel.state = ChannelState::accepted;
        } else if (judgement.sure || ++unsure_ == kMostHeard) {
            channel.state = ChannelState::closed;
        }
        return {};
    }

    // nullopt: the item was left out.
    Result<std::optional<json::Value>> fetch_and_hear(Channel& channel, const Candidate& candidate) {
        const std::string key = "probe-" + channel_id_;
        TRY(work_.corpus.drop(key));
        auto heard = fetch_and_hear_as(key, channel, candidate);
        TRY(work_.corpus.drop(key));
        if (heard && !is_heard(*heard)) {
            TRY(leave_out(candidate, {.why = "undecodable", .detail = why_unheard(*heard)}));
            if (++unsure_ == kMostHeard) {
                channel.state = ChannelState::closed;
                channel.probe = id_of(candidate);
                channel.reasons = {"undecodable"};
            }
            return std::optional<json::Value>();
        }
        if (heard) return std::optional(*std::move(heard));
        const auto left_out = left_out_by(heard.error());
        TRY(left_out ? leave_out(candidate, *left_out) : pass_over(heard.error()));
        return std::optional<json::Value>();
    }

    // An item that is broken, such as a page in its place, says nothing of its channel: the next is tried.
    // Anything else ends this try of the unit.
    Status pass_over(const Error& error) {
        if (error.code != Code::corrupt && error.code != Code::io) return failure(Error(error));
        if (error.root().os_error != 0) return failure(Error(error));
        broken_ = error;
        return {};
    }

    // Trouble is of an item, not of the unit that tries several.
    [[nodiscard]] std::string unit_of(const std::string& id) const { return context_.lease.key + " " + id; }

    Result<json::Value> fetch_and_hear_as(const std::string& key, Channel& channel,
                                          const Candidate& candidate) {
        FetchTo to;
        to.path = work_.corpus.incoming(key);
        to.seconds = work_.plan().probe.seconds;
        const bool is_whole = TRY(fetch(channel, candidate, to));
        auto heard = work_.ears->hear(to.path, context_.shutdown.stop());
        if (is_whole || !heard || is_heard(*heard)) return heard;
        // A file whose index stands at its end cannot be decoded by its beginning.
        TRY(work_.corpus.drop(key));
        to.seconds.reset();
        TRY(fetch(channel, candidate, to));
        return work_.ears->hear(to.path, context_.shutdown.stop());
    }

    // Whether all of it was.
    Result<bool> fetch(Channel& channel, const Candidate& candidate, const FetchTo& to) {
        const std::string unit = unit_of(id_of(candidate));
        const auto fetched = work_.source_of(candidate)->fetch(candidate, to, context_.shutdown.stop());
        if (!fetched && left_out_by(fetched.error())) return failure(Error(fetched.error()));
        if (!fetched) return failure(work_.trouble.of(unit, candidate.source_url, Error(fetched.error())));
        channel.probe_bytes += fetched->received;
        work_.probe_bytes += fetched->received;
        work_.trouble.worked(unit, candidate.source_url);
        FAULT_POINT("collect.probe.fetched");
        return fetched->whole;
    }

    Status leave_out(const Candidate& candidate, const LeftOut& left_out) {
        outcome_.facts.push_back(fact_of(candidate));
        outcome_.facts.push_back(fact_of(id_of(candidate), left_out));
        work_.say_left_out(candidate, left_out.why, left_out.detail);
        return {};
    }

    // Every item that was found before the channel was accepted; those found since have their units.
    Status let_through() {
        const std::string subject = "probe " + context_.lease.key;
        const std::string progress = context_.lease.checkpoint.empty() ? "{}" : context_.lease.checkpoint;
        const json::Value position = TRY(json::parse(progress, subject));
        std::string after = TRY(json::find_string(position, "after", subject)).value_or("");
        while (true) {
            const auto ids = TRY(items_of(work_.ledger(), channel_id_, after, kItemsAtOnce));
            if (ids.empty()) return {};
            ledger::Outcome outcome;
            for (const std::string& id : ids)
                if (!TRY(left_out_at(work_.ledger(), id))) outcome.units.push_back(download_unit(id));
            after = ids.back();
            TRY(context_.checkpoint(json::dump(json::Ordered{{"after", after}}), outcome));
            TRY(context_.check_stop());
        }
    }

    void say(const Channel& channel) const {
        report::Event event;
        event.subject = channel.of.channel_title.empty() ? channel.of.channel : channel.of.channel_title;
        event.text = "channel " + std::string(name_of(channel.state));
        for (const std::string& reason : channel.reasons) event.text += " " + reason;
        work_.hub.emit(std::move(event));
    }

    Work& work_;
    engine::Context& context_;
    std::string channel_id_;
    ledger::Outcome outcome_;  // of the items that were tried
    std::set<std::string> tried_;
    std::optional<Error> broken_{};  // what an item failed by that its download will try again
    unsigned unsure_ = 0;            // items that were heard and decided nothing
};

}  // namespace

Result<ledger::Outcome> handle_probe(Work& work, engine::Context& context) {
    return Prober(work, context).run();
}

}  // namespace haul::collect
