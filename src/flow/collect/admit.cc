#include "flow/collect/admit.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "flow/collect/decided.h"
#include "flow/collect/source/terms.h"
#include "flow/collect/units.h"

namespace haul::collect {

namespace {
constexpr std::size_t kAtOnce = 500;  // in one commit
}  // namespace

class Admission {
  public:
    // `turn`: of the units; those of an earlier one are done.
    Admission(Work& work, ledger::Outcome& outcome, std::string turn = "")
        : work_(work), outcome_(outcome), turn_(std::move(turn)) {}

    Status take(const Candidate& candidate) {
        const std::string id = id_of(candidate);
        if (seen_.contains(id) || TRY(candidate_at(work_.ledger(), id))) return {};
        seen_.insert(id);
        if (is_erased(work_.decisions, candidate)) {
            work_.say_left_out(candidate, kErasedReason, "");
            return {};
        }
        outcome_.facts.push_back(fact_of(candidate));
        if (auto refused = refused_by_licence(candidate, work_.plan(), false)) {
            outcome_.facts.push_back(fact_of(id, *refused));
            work_.say_left_out(candidate, refused->why, refused->detail);
            return {};
        }
        return to_channel(candidate, id);
    }

    Status take_back(const Candidate& candidate) {
        const std::string id = id_of(candidate);
        outcome_.facts.push_back({kLeftOutFact, id, std::nullopt});
        return to_channel(candidate, id);
    }

    // Once all are taken.
    void end() {
        for (const auto& [channel_id, known] : channels_)
            outcome_.facts.push_back(item_count_fact(channel_id, known.items));
    }

  private:
    struct Known {
        std::optional<Channel> channel{};
        std::uint64_t items = 0;
    };

    Result<Known*> known(const std::string& channel_id) {
        auto found = channels_.find(channel_id);
        if (found == channels_.end()) {
            Known fresh;
            fresh.channel = TRY(channel_at(work_.ledger(), channel_id));
            fresh.items = TRY(item_count_of(work_.ledger(), channel_id));
            found = channels_.emplace(channel_id, std::move(fresh)).first;
        }
        return &found->second;
    }

    Status to_channel(const Candidate& candidate, const std::string& id) {
        const std::string channel_id = channel_id_of(candidate);
        Known& of = *TRY(known(channel_id));
        outcome_.facts.push_back(fact_of(channel_id, Item{++of.items, id}));
        std::optional<Channel>& channel = of.channel;
        if (!channel) {
            channel = TRY(closed_before(work_, candidate));
            if (channel) outcome_.facts.push_back(fact_of(channel_id, *channel));
        }
        if (channel && channel->state == ChannelState::accepted) {
            outcome_.units.push_back(download_unit(id, turn_));
        } else if (!channel || channel->state == ChannelState::idle) {
            const Channel before = channel.value_or(Channel{});
            channel = Channel{.state = ChannelState::probing,
                              .of = candidate,
                              .probe_bytes = before.probe_bytes,
                              .tried = before.tried,
                              .unsure = before.unsure};
            outcome_.facts.push_back(fact_of(channel_id, *channel));
            outcome_.units.push_back(probe_unit(channel_id, id, turn_));
        }
        return {};
    }

    Work& work_;
    ledger::Outcome& outcome_;
    std::string turn_;
    std::set<std::string> seen_;
    std::map<std::string, Known> channels_;
};

Status admit(Work& work, const std::vector<Candidate>& found, ledger::Outcome& outcome) {
    Admission admission(work, outcome);
    for (const Candidate& candidate : found) TRY(admission.take(candidate));
    admission.end();
    return {};
}

namespace {

// By the plan as it is now, what was left out by one of an earlier revision.
bool is_wanted(const Work& work, const Candidate& candidate, std::string_view why) {
    if (why == "licence_unwanted") return !refused_by_licence(candidate, work.plan(), false);
    if (why == "forbidden") return work.plan().limits.allow_private;
    const PlannedSource* const of = work.planned_source_of(candidate);
    if (why == "terms_not_accepted") return of != nullptr && of->plan.accept_terms;
    return why == "source_removed" && of != nullptr;
}

}  // namespace

Readmission::Readmission(Work& work, std::uint64_t revision)
    : work_(work), turn_(fmt::format("{}", revision)) {
    begin();
}

Readmission::~Readmission() = default;

void Readmission::begin() {
    outcome_ = {};
    admission_ = std::make_unique<Admission>(work_, outcome_, turn_);
    taken_ = 0;
}

Result<bool> Readmission::take(const std::string& id, const LeftOut& left_out) {
    auto candidate = TRY(candidate_at(work_.ledger(), id));
    if (!candidate) return false;
    const bool restated = work_.take_from_plan(*candidate);
    if (!is_wanted(work_, *candidate, left_out.why)) return false;
    if (restated) outcome_.facts.push_back(fact_of(*candidate));
    TRY(admission_->take_back(*candidate));
    if (++taken_ == kAtOnce) TRY(commit());
    return true;
}

Status Readmission::commit() {
    if (taken_ == 0) return {};
    admission_->end();
    TRY(work_.ledger().record(outcome_));
    begin();
    return {};
}

std::optional<LeftOut> refused_by_licence(const Candidate& candidate, const Plan& plan, bool described) {
    const Licence& licence = candidate.licence;
    if (licence.id.empty()) {
        if (!described) return std::nullopt;
        return LeftOut{.why = "licence_unknown",
                       .detail = licence.statement.empty() ? "its source names none"
                                                           : "its source says: " + licence.statement};
    }
    const auto& allowed = plan.accept.licences;
    if (std::ranges::find(allowed, licence.id) != allowed.end()) return std::nullopt;
    return LeftOut{.why = "licence_unwanted", .detail = licence.id};
}

Result<Described> describe(Work& work, const std::string& unit, const Candidate& candidate,
                           const std::stop_token& stop, const std::optional<Licence>& evidence) {
    if (is_erased(work.decisions, candidate)) return Described{candidate, LeftOut{.why = kErasedReason}};
    Source* const source = work.source_of(candidate);
    if (source == nullptr)
        return Described{candidate,
                         LeftOut{.why = "source_removed", .detail = "the plan has its source no more"}};
    auto described = source->describe(candidate, stop);
    if (!described) {
        auto left_out = left_out_by(described.error());
        if (!left_out)
            return failure(work.trouble.of(unit, candidate.source_url, std::move(described).error()));
        return Described{candidate, std::move(left_out)};
    }
    Described result{*std::move(described), std::nullopt};
    if (evidence) result.candidate.licence = *evidence;
    if (result.candidate.licence.seen_ns == 0) result.candidate.licence.seen_ns = clock::wall().count();
    // Its addresses may be known only now.
    if (is_erased(work.decisions, result.candidate)) {
        result.left_out = LeftOut{.why = kErasedReason};
    } else {
        result.left_out = refused_by_licence(result.candidate, work.plan(), true);
    }
    return result;
}

std::optional<LeftOut> left_out_by(const Error& error) {
    // Of this machine, such as a disk that is not there or a program that is not installed: no word of a
    // source.
    if (error.root().os_error != 0) return std::nullopt;
    if (is_of_terms(error)) return LeftOut{.why = "terms_not_accepted", .detail = error.message()};
    switch (error.code) {
        case Code::not_found:
            return LeftOut{.why = "gone", .detail = error.message()};
        case Code::denied:
            return LeftOut{.why = "forbidden", .detail = error.message()};
        case Code::unsupported:
            return LeftOut{.why = "unsupported", .detail = error.message()};
        default:
            return std::nullopt;
    }
}

}  // namespace haul::collect
