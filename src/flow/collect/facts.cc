#include "flow/collect/facts.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "base/number.h"

namespace haul::collect {
namespace {

constexpr std::array kStates =
    std::to_array<std::pair<ChannelState, std::string_view>>({{ChannelState::probing, "probing"},
                                                              {ChannelState::accepted, "accepted"},
                                                              {ChannelState::closed, "closed"},
                                                              {ChannelState::idle, "idle"}});

// A fact's value, where there is one, as whatever `parse` makes of it.
template <class T, class Parse>
Result<std::optional<T>> value_at(const ledger::Ledger& ledger, const char* kind, const std::string& key,
                                  const Parse& parse) {
    const auto value = TRY(ledger::fact(ledger, kind, key));
    if (!value) return std::optional<T>();
    return std::optional<T>(TRY(parse(*value)));
}

// Numbers of one length, so that byte order is theirs.
std::string item_key(const std::string& channel_id, std::uint64_t number) {
    return fmt::format("{}/{:010}", channel_id, number);
}

Result<std::uint64_t> number_from(std::string_view text, const std::string& subject) {
    const auto number = text::whole_number<std::uint64_t>(text);
    if (!number) return failure(Code::corrupt, "read", subject, "it has no number");
    return *number;
}

}  // namespace

std::string_view name_of(ChannelState state) {
    for (const auto& [one, name] : kStates)
        if (one == state) return name;
    return "probing";
}

ledger::Fact fact_of(const Candidate& candidate) {
    return {kCandidateFact, id_of(candidate), json::dump(json_of(candidate))};
}

ledger::Fact fact_of(const std::string& channel_id, const Item& item) {
    return {kItemFact, item_key(channel_id, item.number), item.id};
}

ledger::Fact item_count_fact(const std::string& channel_id, std::uint64_t count) {
    return {kItemCountFact, channel_id, std::to_string(count)};
}

ledger::Fact fact_of(const std::string& channel_id, const Channel& channel) {
    json::Ordered value = {{"state", name_of(channel.state)}, {"of", json_of(channel.of)}};
    if (!channel.probe.empty()) value["probe"] = channel.probe;
    if (channel.score) value["score"] = *channel.score;
    if (!channel.language.empty()) value["language"] = channel.language;
    if (!channel.reasons.empty()) value["reasons"] = channel.reasons;
    if (channel.probe_bytes > 0) value["probe_bytes"] = channel.probe_bytes;
    if (channel.tried > 0) value["tried"] = channel.tried;
    if (channel.unsure > 0) value["unsure"] = channel.unsure;
    return {kChannelFact, channel_id, json::dump(value)};
}

ledger::Fact fact_of(const std::string& id, const LeftOut& left_out) {
    json::Ordered value = {{"why", left_out.why}};
    if (!left_out.detail.empty()) value["detail"] = left_out.detail;
    if (!left_out.of.empty()) value["of"] = left_out.of;
    return {kLeftOutFact, id, json::dump(value)};
}

ledger::Fact fact_of(const Recording& recording) {
    return {kRecordingFact, recording.id, json::dump(json_of(recording))};
}

Result<Channel> channel_from(const std::string& value, const std::string& key) {
    const std::string subject = "channel " + key;
    const json::Value object = TRY(json::parse(value, subject));
    Channel channel;
    const std::string state = TRY(json::string_at(object, "state", subject));
    bool known = false;
    for (const auto& [one, name] : kStates) {
        if (name != state) continue;
        channel.state = one;
        known = true;
    }
    if (!known || !object.contains("of"))
        return failure(Code::corrupt, "read", subject, "it has no state, or no item");
    channel.of = TRY(candidate_from(object["of"], subject));
    channel.probe = TRY(json::find_string(object, "probe", subject)).value_or("");
    if (const auto score = object.find("score"); score != object.end() && score->is_number())
        channel.score = score->get<double>();
    channel.language = TRY(json::find_string(object, "language", subject)).value_or("");
    channel.reasons = TRY(reasons_in(object, subject));
    channel.probe_bytes = TRY(json::find_uint(object, "probe_bytes", subject)).value_or(0);
    channel.tried = TRY(json::find_uint(object, "tried", subject)).value_or(0);
    channel.unsure = static_cast<unsigned>(TRY(json::find_uint(object, "unsure", subject)).value_or(0));
    return channel;
}

Result<LeftOut> left_out_from(const std::string& value, const std::string& key) {
    const std::string subject = "left out " + key;
    const json::Value object = TRY(json::parse(value, subject));
    LeftOut left_out;
    left_out.why = TRY(json::string_at(object, "why", subject));
    left_out.detail = TRY(json::find_string(object, "detail", subject)).value_or("");
    left_out.of = TRY(json::find_string(object, "of", subject)).value_or("");
    return left_out;
}

Result<std::optional<Candidate>> candidate_at(const ledger::Ledger& ledger, const std::string& id) {
    return value_at<Candidate>(ledger, kCandidateFact, id,
                               [&](const std::string& value) -> Result<Candidate> {
                                   const std::string subject = "candidate " + id;
                                   return candidate_from(TRY(json::parse(value, subject)), subject);
                               });
}

Result<std::optional<Channel>> channel_at(const ledger::Ledger& ledger, const std::string& id) {
    return value_at<Channel>(ledger, kChannelFact, id,
                             [&](const std::string& value) { return channel_from(value, id); });
}

Result<std::optional<LeftOut>> left_out_at(const ledger::Ledger& ledger, const std::string& id) {
    return value_at<LeftOut>(ledger, kLeftOutFact, id,
                             [&](const std::string& value) { return left_out_from(value, id); });
}

Result<std::optional<Recording>> recording_at(const ledger::Ledger& ledger, const std::string& id) {
    return value_at<Recording>(ledger, kRecordingFact, id,
                               [&](const std::string& value) -> Result<Recording> {
                                   const std::string subject = "recording " + id;
                                   return recording_from(TRY(json::parse(value, subject)), subject);
                               });
}

Result<std::vector<Item>> items_of(const ledger::Ledger& ledger, const std::string& channel_id,
                                   std::uint64_t after, std::size_t limit) {
    const std::string prefix = channel_id + "/";
    ledger::Query query;
    query.what = ledger::Query::What::facts;
    query.kind = kItemFact;
    query.after = item_key(channel_id, after);
    query.limit = limit;
    std::vector<Item> items;
    for (const ledger::Fact& fact : TRY(ledger.read(query)).facts) {
        if (!fact.key.starts_with(prefix)) break;
        const auto number =
            TRY(number_from(std::string_view(fact.key).substr(prefix.size()), "item " + fact.key));
        items.push_back({number, fact.value.value_or("")});
    }
    return items;
}

Result<std::uint64_t> item_count_of(const ledger::Ledger& ledger, const std::string& channel_id) {
    const auto value = TRY(ledger::fact(ledger, kItemCountFact, channel_id));
    if (!value) return std::uint64_t{0};
    return number_from(*value, "item_count " + channel_id);
}

}  // namespace haul::collect
