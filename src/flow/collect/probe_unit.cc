#include "flow/collect/probe_unit.h"

#include <algorithm>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/fault_point.h"
#include "base/json.h"
#include "flow/collect/admit.h"
#include "flow/collect/decided.h"
#include "flow/collect/facts.h"
#include "flow/collect/judgement.h"
#include "flow/collect/search_unit.h"
#include "flow/collect/units.h"

namespace haul::collect {
namespace {

constexpr std::size_t kItemsAtOnce = 500;
// So many items of a channel are heard at most: those that cannot be decoded, or in which nobody speaks long
// enough, do not say what the others are.
constexpr unsigned kMostHeard = 3;
// Of the items that are broken so many are tried again where no other decides.
constexpr std::size_t kMostBroken = 20;

// Goes through a channel's items once, from where an earlier probe of it ended, and keeps what it has found
// every few hundred items and behind each that was heard. How far it is stands in the channel:
// Channel::tried.
class Prober {
  public:
    Prober(Work& work, engine::Context& context) : work_(work), context_(context) {}

    Result<ledger::Outcome> run() {
        const std::string subject = "probe " + context_.lease.key;
        const json::Value payload = TRY(json::parse(context_.lease.payload, subject));
        channel_id_ = TRY(json::string_at(payload, "channel", subject));
        const std::string& progress = context_.lease.checkpoint;
        checkpoint_ = TRY(json::parse(progress.empty() ? "{}" : progress, subject));
        auto channel = TRY(channel_at(work_.ledger(), channel_id_));
        if (!channel) return failure(Code::internal, "probe", channel_id_, "no such channel was found");
        kept_ = channel->tried;
        if (channel->state == ChannelState::probing) TRY(decide(*channel));
        if (channel->state == ChannelState::accepted) TRY(let_through());
        return ledger::Outcome{};
    }

  private:
    Status decide(Channel& channel) {
        Status tried = try_all(channel);
        // What was found so far need not be found again.
        if (!tried) TRY(keep(channel));
        return tried;
    }

    Status try_all(Channel& channel) {
        for (again_ = broken_before(); !again_.empty() && !is_decided(channel); again_.erase(again_.begin()))
            for (const Item& item : TRY(items_of(work_.ledger(), channel_id_, again_.front() - 1, 1)))
                TRY(try_item(channel, item));
        while (!is_decided(channel)) {
            const auto items = TRY(items_of(work_.ledger(), channel_id_, channel.tried, kItemsAtOnce));
            if (items.empty() && TRY(settle(channel))) return {};
            for (const Item& item : items) {
                TRY(context_.check_stop());
                TRY(try_item(channel, item));
                channel.tried = item.number;
                if (is_decided(channel)) break;
                if (has_heard_ || outcome_.facts.size() >= kItemsAtOnce) TRY(keep(channel));
            }
        }
        TRY(settle(channel));
        return {};
    }

    static bool is_decided(const Channel& channel) { return channel.state != ChannelState::probing; }

    // The probe goes on behind here, in any process. A checkpoint forgives failures: where none but those
    // that are broken were tried again, there is none.
    Status keep(const Channel& channel) {
        if (!has_heard_ && channel.tried == kept_) return {};
        json::Ordered numbers = json::Ordered::array();
        for (const Item& item : broken_) numbers.push_back(item.number);
        for (const std::uint64_t number : again_) numbers.push_back(number);
        return commit(channel, json::dump(json::Ordered{{"broken", std::move(numbers)}}));
    }

    // That it is closed; or that it is not any more, where an earlier ledger said so.
    Result<bool> is_to_be_kept(const Channel& channel) {
        if (channel.state != ChannelState::accepted) return channel.state == ChannelState::closed;
        const auto before = TRY(decision_on_channel(work_.ledger(), channel_id_));
        return before && before->closed;
    }

    // False: no item has decided, and more were found meanwhile. What is found from then on meets a channel
    // that is decided: the lock is held from the look at them to the commit.
    Result<bool> settle(Channel& channel) {
        FAULT_POINT("collect.probe.before_commit");
        const std::lock_guard lock(work_.admission);
        if (!is_decided(channel)) {
            if (!TRY(items_of(work_.ledger(), channel_id_, channel.tried, 1)).empty()) return false;
            // Nothing could be judged, and what stood in the way may pass: no word on the channel yet.
            if (why_broken_) return failure(*why_broken_);
            channel.state = ChannelState::idle;
        }
        TRY(commit(channel, "{}"));
        checkpoint_ = json::Value::object();
        for (const Item& item : broken_) work_.trouble.settled(unit_of(item.id), channel.of.source_url);
        FAULT_POINT("collect.probe.committed");
        work_.verdicts.probed(std::string(name_of(channel.state)));
        say(channel);
        return true;
    }

    Status commit(const Channel& channel, const std::string& progress) {
        ledger::Outcome outcome = std::exchange(outcome_, {});
        outcome.facts.push_back(fact_of(channel_id_, channel));
        if (TRY(is_to_be_kept(channel))) work_.decisions.owe(decision_of(channel_id_, channel), outcome);
        if (channel.state == ChannelState::accepted) outcome.units.push_back(channel_search(channel_id_));
        TRY(context_.checkpoint(progress, outcome));
        kept_ = channel.tried;
        has_heard_ = false;
        return {};
    }

    // Numbers of the items that an earlier try of this unit met broken.
    [[nodiscard]] std::vector<std::uint64_t> broken_before() const {
        std::vector<std::uint64_t> numbers;
        const auto found = checkpoint_.find("broken");
        if (found == checkpoint_.end() || !found->is_array()) return numbers;
        for (const json::Value& one : *found)
            if (one.is_number_unsigned() && one.get<std::uint64_t>() > 0)
                numbers.push_back(one.get<std::uint64_t>());
        return numbers;
    }

    // Leaves the channel undecided where the item is not fit to judge it by.
    Status try_item(Channel& channel, const Item& item) {
        const std::string& id = item.id;
        if (TRY(left_out_at(work_.ledger(), id))) return {};
        const auto candidate = TRY(candidate_at(work_.ledger(), id));
        if (!candidate) return {};
        const auto asked = describe(work_, unit_of(id), *candidate, context_.shutdown.stop());
        if (!asked) return pass_over(item, *candidate, asked.error());
        const Described& described = *asked;
        if (described.left_out) return leave_out(described.candidate, *described.left_out);
        outcome_.facts.push_back(fact_of(described.candidate));
        const auto heard = TRY(fetch_and_hear(channel, item, described.candidate));
        if (!heard) return {};
        const ChannelJudgement judgement = judge_channel(*heard, work_.plan());
        channel.of = described.candidate;
        channel.probe = id;
        channel.score = judgement.score;
        channel.language = judgement.language;
        channel.reasons = judgement.reasons;
        if (judgement.reasons.empty()) {
            channel.state = ChannelState::accepted;
        } else if (judgement.sure || ++channel.unsure == kMostHeard) {
            channel.state = ChannelState::closed;
        }
        return {};
    }

    // nullopt: the item was left out, or is broken.
    Result<std::optional<json::Value>> fetch_and_hear(Channel& channel, const Item& item,
                                                      const Candidate& candidate) {
        const std::string key = "probe-" + channel_id_;
        TRY(work_.corpus.drop(key));
        auto heard = fetch_and_hear_as(key, channel, candidate);
        TRY(work_.corpus.drop(key));
        if (heard) has_heard_ = true;
        if (!heard) heard = failure(std::move(heard).error().with_cleaned("its temporary"));
        if (heard && !is_heard(*heard)) {
            TRY(leave_out(candidate, {.why = "undecodable", .detail = why_unheard(*heard)}));
            if (++channel.unsure == kMostHeard) {
                channel.state = ChannelState::closed;
                channel.probe = id_of(candidate);
                channel.reasons = {"undecodable"};
            }
            return std::optional<json::Value>();
        }
        if (heard) return std::optional(*std::move(heard));
        const auto left_out = left_out_by(heard.error());
        TRY(left_out ? leave_out(candidate, *left_out) : pass_over(item, candidate, heard.error()));
        return std::optional<json::Value>();
    }

    // An item that is broken, such as a page in its place, says nothing of its channel: the next is tried.
    // Anything else ends this try of the unit.
    Status pass_over(const Item& item, const Candidate& candidate, const Error& error) {
        if (error.code != Code::corrupt && error.code != Code::io) return failure(Error(error));
        if (error.root().os_error != 0) return failure(Error(error));
        why_broken_ = error;
        if (broken_.size() < kMostBroken) {
            broken_.push_back(item);
        } else {
            work_.trouble.settled(unit_of(item.id), candidate.source_url);
        }
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

    // Whether all of it was. Of a beginning little is needed, until the server says otherwise.
    Result<bool> fetch(Channel& channel, const Candidate& candidate, FetchTo to) {
        const std::string unit = unit_of(id_of(candidate));
        search_.reset();
        const auto place = TRY(work_.fetches.begin(context_.shutdown.drain()));
        Fetches::Need need{.path = to.path, .size = candidate.size};
        if (to.seconds) need.size = std::min(candidate.size.value_or(UINT64_MAX), Fetches::kUnknown);
        TRY(place->reserve(need, context_.shutdown.drain()));
        to.room = [&place](std::uint64_t at, std::optional<std::uint64_t> more) {
            return place->will_write(at, more);
        };
        to.progress = [&place](std::uint64_t bytes) { place->wrote(bytes); };
        const auto fetched = work_.source_of(candidate)->fetch(candidate, to, context_.shutdown.stop());
        if (place->refused()) return failure(Error(*place->refused()));
        if (fetched) place->ended(fetched->bytes);
        search_.emplace(work_.fetches);
        if (!fetched && left_out_by(fetched.error())) return failure(Error(fetched.error()));
        if (!fetched) return failure(work_.trouble.of(unit, candidate.source_url, Error(fetched.error())));
        channel.probe_bytes += fetched->received;
        work_.probe_bytes += fetched->received;
        work_.trouble.worked(unit, candidate.source_url);
        FAULT_POINT("collect.probe.fetched");
        return fetched->whole;
    }

    Status leave_out(const Candidate& candidate, const LeftOut& left_out) {
        const std::string id = id_of(candidate);
        work_.trouble.settled(unit_of(id), candidate.source_url);
        outcome_.facts.push_back(fact_of(candidate));
        outcome_.facts.push_back(fact_of(id, left_out));
        work_.say_left_out(candidate, left_out.why, left_out.detail);
        return {};
    }

    // Every item that was found before the channel was accepted; those found since have their units.
    Status let_through() {
        std::uint64_t after =
            TRY(json::find_uint(checkpoint_, "after", "probe " + context_.lease.key)).value_or(0);
        while (true) {
            const auto items = TRY(items_of(work_.ledger(), channel_id_, after, kItemsAtOnce));
            if (items.empty()) return {};
            ledger::Outcome outcome;
            for (const Item& item : items)
                if (!TRY(left_out_at(work_.ledger(), item.id)))
                    outcome.units.push_back(download_unit(item.id));
            after = items.back().number;
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
    json::Value checkpoint_;
    std::optional<Fetches::Search> search_{std::in_place, work_.fetches};
    std::uint64_t kept_ = 0;  // Channel::tried as it was committed
    // Of the items that were tried since:
    ledger::Outcome outcome_;
    bool has_heard_ = false;
    // Of those that are broken, which their downloads will try again:
    std::optional<Error> why_broken_{};   // the last
    std::vector<Item> broken_{};          // the first
    std::vector<std::uint64_t> again_{};  // numbers of those of before that are still to be tried again
};

}  // namespace

Result<ledger::Outcome> handle_probe(Work& work, engine::Context& context) {
    return Prober(work, context).run();
}

}  // namespace haul::collect
