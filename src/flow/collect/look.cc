#include "flow/collect/look.h"

#include <fmt/format.h>

#include <optional>
#include <span>
#include <utility>

#include "base/digest.h"
#include "base/text.h"
#include "flow/collect/decisions/decisions.h"
#include "flow/collect/facts.h"
#include "flow/collect/filter_unit.h"

namespace haul::collect {
namespace {

constexpr std::size_t kMostFindings = 1000;
constexpr std::uint64_t kBlock = 4ULL << 20U;

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

// Who has the bytes that came with `id`: a lower id may have taken them over.
Result<std::string> holder_of(const ledger::Ledger& ledger, std::string id) {
    while (const auto left_out = TRY(left_out_at(ledger, id))) {
        if (left_out->of.empty()) break;
        id = left_out->of;
    }
    return id;
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

// The id of what has that page or media; all candidates are gone through.
Result<std::optional<std::string>> find_by_url(const ledger::Ledger& ledger, std::string_view url) {
    std::optional<std::string> found;
    TRY(ledger::for_each_fact(ledger, kCandidateFact, [&](const ledger::Fact& fact) -> Status {
        if (found || fact.value.value_or("").find(json::dump(json::Value(url))) == std::string::npos)
            return {};
        const std::string subject = "candidate " + fact.key;
        const Candidate candidate = TRY(candidate_from(TRY(json::parse(*fact.value, subject)), subject));
        if (candidate.page == url || candidate.media == url) found = fact.key;
        return {};
    }));
    return found;
}

// Its contents as they are in the store.
Result<std::string> sha256_of(store::Store& corpus, const store::Object& object,
                              const std::stop_token& stop) {
    digest::Hasher hasher(digest::Algorithm::sha256);
    const auto take = [&](std::span<const std::byte> bytes) -> Status {
        hasher.update(bytes);
        return {};
    };
    TRY(store::read_through(corpus, object.name, object.size, kBlock, take, stop));
    const std::string raw = hasher.finish();
    return text::hex(std::as_bytes(std::span(raw)));
}

class Checker {
  public:
    Checker(const ledger::Ledger& ledger, store::Store& corpus, const std::stop_token& stop)
        : ledger_(ledger), corpus_(corpus), stop_(stop) {}

    Result<CheckReport> run() {
        TRY(for_each_recording(ledger_, [this](const Recording& recording) { return look_at(recording); }));
        TRY(for_each_extra(ledger_, corpus_, stop_, [this](const std::string& name) -> Status {
            found("extra", name, "the ledger does not know it");
            return {};
        }));
        TRY(for_each_flaw(ledger_, corpus_, stop_, [this](const Flaw& flaw) {
            found(flaw.is_missing ? "missing" : "damaged", flaw.name, flaw.detail);
        }));
        return std::move(report_);
    }

  private:
    Status look_at(const Recording& recording) {
        if (stop_.stop_requested())
            return failure(Code::interrupted, "check", "the corpus", "stopped on request");
        const std::string name = file_of(recording);
        const auto object = TRY(store::find_file(corpus_, name));
        ++report_.recordings;
        if (!object) {
            found("missing", name, "the ledger has it as " + recording.id);
            return {};
        }
        report_.bytes += object->size;
        if (object->size != recording.bytes) {
            found("changed", name, fmt::format("it has {} bytes, and had {}", object->size, recording.bytes));
        } else if (TRY(sha256_of(corpus_, *object, stop_)) != recording.sha256) {
            found("changed", name, "its bytes are others");
        }
        return {};
    }

    void found(std::string what, std::string name, std::string detail) {
        ++report_.finding_count;
        if (report_.findings.size() < kMostFindings)
            report_.findings.push_back({std::move(what), std::move(name), std::move(detail)});
    }

    const ledger::Ledger& ledger_;
    store::Store& corpus_;
    const std::stop_token& stop_;
    CheckReport report_;
};

}  // namespace

Status for_each_recording(const ledger::Ledger& ledger,
                          const std::function<Status(const Recording&)>& visit) {
    return ledger::for_each_fact(ledger, kRecordingFact, [&](const ledger::Fact& fact) -> Status {
        const std::string subject = "recording " + fact.key;
        return visit(TRY(recording_from(TRY(json::parse(fact.value.value_or("{}"), subject)), subject)));
    });
}

Result<Totals> stock_of(const ledger::Ledger& ledger) {
    constexpr double kMsPerSecond = 1000;
    Totals totals;
    std::uint64_t ms = 0;
    TRY(ledger::for_each_fact(ledger, kCandidateFact, [&](const ledger::Fact&) -> Status {
        ++totals.candidates;
        return {};
    }));
    TRY(for_each_recording(ledger, [&](const Recording& recording) -> Status {
        ++(recording.heard.is_null() ? totals.unheard
           : recording.accepted      ? totals.accepted
                                     : totals.rejected);
        totals.bytes += recording.bytes;
        ms += accepted_ms(recording);
        return {};
    }));
    totals.accepted_seconds = static_cast<double>(ms) / kMsPerSecond;
    TRY(count_channels(ledger, totals));
    TRY(count_left_out(ledger, totals));
    TRY(count_units(ledger, totals));
    return totals;
}

Result<json::Ordered> show(const ledger::Ledger& ledger, std::string_view id_or_url) {
    std::string id(id_or_url);
    auto candidate = TRY(candidate_at(ledger, id));
    if (!candidate) {
        id = TRY(find_by_url(ledger, id_or_url)).value_or("");
        if (!id.empty()) candidate = TRY(candidate_at(ledger, id));
    }
    if (!candidate)
        return failure(
            make_error(Code::not_found, "show", std::string(id_or_url), "the corpus has found no such item")
                .with_remedy("give its id, or its page as `haul urls` prints it"));
    json::Ordered shown = {{"id", id}, {"candidate", json_of(*candidate)}};
    const std::string channel_id = channel_id_of(*candidate);
    if (const auto channel = TRY(channel_at(ledger, channel_id))) {
        shown["channel"] = {{"id", channel_id}, {"state", name_of(channel->state)}};
        if (channel->score) shown["channel"]["score"] = *channel->score;
        if (!channel->language.empty()) shown["channel"]["language"] = channel->language;
        if (!channel->reasons.empty()) shown["channel"]["reasons"] = channel->reasons;
        if (!channel->probe.empty()) shown["channel"]["judged_by"] = channel->probe;
    }
    if (const auto left_out = TRY(left_out_at(ledger, id))) {
        shown["left_out"] = {{"why", left_out->why}};
        if (!left_out->detail.empty()) shown["left_out"]["detail"] = left_out->detail;
        if (!left_out->of.empty()) shown["left_out"]["of"] = TRY(holder_of(ledger, left_out->of));
    }
    if (const auto recording = TRY(recording_at(ledger, id))) {
        shown["recording"] = json_of(*recording);
        shown["recording"].erase("candidate");
        shown["recording"]["file"] = file_of(*recording);
    }
    return shown;
}

Status for_each_extra(const ledger::Ledger& ledger, store::Store& corpus, const std::stop_token& stop,
                      const std::function<Status(const std::string& name)>& visit) {
    if (!TRY(store::is_folder_there(corpus, "audio", stop))) return {};
    const auto listing = TRY(corpus.list({.prefix = "audio", .after = {}}));
    for (bool last = false; !last;) {
        const store::Page page = TRY(listing->next(stop));
        for (const store::Object& object : page.objects) {
            if (object.kind == store::Kind::folder) continue;
            const std::string file = object.name.substr(object.name.rfind('/') + 1);
            const auto recording = TRY(recording_at(ledger, file.substr(0, file.find('.'))));
            if (!recording || file_of(*recording) != object.name) TRY(visit(object.name));
        }
        last = page.last;
    }
    return {};
}

Result<CheckReport> check(const ledger::Ledger& ledger, store::Store& corpus, const std::stop_token& stop) {
    return Checker(ledger, corpus, stop).run();
}

}  // namespace haul::collect
