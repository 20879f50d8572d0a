#include "flow/collect/decisions/decision.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/digest.h"
#include "base/json.h"

namespace haul::collect {
namespace {

constexpr std::array kErased =
    std::to_array<std::pair<Erased, std::string_view>>({{Erased::item, "item"},
                                                        {Erased::url, "url"},
                                                        {Erased::channel, "channel"},
                                                        {Erased::content, "content"}});
constexpr std::size_t kHashLength = 64, kMostSalt = 64;

constexpr const char *kTombstone = "tombstone", *kChannel = "channel", *kLicence = "licence",
                     *kPerson = "person";

bool is_hex(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

json::Ordered json_of(const Tombstone& one) {
    return {{"what", kTombstone}, {"of", name_of(one.of)}, {"salt", one.salt}, {"hash", one.hash}};
}

json::Ordered json_of(const ChannelDecision& one) {
    json::Ordered value = {
        {"what", kChannel}, {"channel", one.channel}, {"state", one.closed ? "closed" : "open"}};
    if (one.score) value["score"] = *one.score;
    if (!one.language.empty()) value["language"] = one.language;
    if (!one.reasons.empty()) value["reasons"] = one.reasons;
    if (!one.probe.empty()) value["probe"] = one.probe;
    return value;
}

json::Ordered json_of(const LicenceEvidence& one) {
    return {{"what", kLicence}, {"item", one.item}, {"licence", json_of(one.licence)}};
}

json::Ordered json_of(const PersonsDecision& one) {
    json::Ordered value = {{"what", kPerson}, {"item", one.item}, {"accepted", one.accepted}};
    if (!one.why.empty()) value["why"] = one.why;
    return value;
}

// Ids become keys and names of files: whatever wrote the line, they are nothing else.
Result<std::string> id_at(const json::Value& value, const char* field, std::string_view subject) {
    std::string id = TRY(json::string_at(value, field, subject));
    if (!is_id(id)) return json::bad_field(subject, field, "is not 26 characters of base32");
    return id;
}

Result<Decision> tombstone_from(const json::Value& value, std::string_view subject) {
    Tombstone one;
    const std::string of = TRY(json::string_at(value, "of", subject));
    const auto* const known = std::ranges::find(kErased, of, &std::pair<Erased, std::string_view>::second);
    if (known == kErased.end())
        return failure(Code::unsupported, "read", std::string(subject),
                       "it is a tombstone of a kind that this version does not know: " + of);
    one.of = known->first;
    one.salt = TRY(json::string_at(value, "salt", subject));
    if (one.salt.size() > kMostSalt || !is_hex(one.salt))
        return json::bad_field(subject, "salt", "is not at most 64 hex digits");
    one.hash = TRY(json::string_at(value, "hash", subject));
    if (one.hash.size() != kHashLength || !is_hex(one.hash))
        return json::bad_field(subject, "hash", "is not 64 hex digits");
    return one;
}

Result<Decision> channel_from(const json::Value& value, std::string_view subject) {
    ChannelDecision one;
    one.channel = TRY(id_at(value, "channel", subject));
    const std::string state = TRY(json::string_at(value, "state", subject));
    if (state != "closed" && state != "open")
        return json::bad_field(subject, "state", "is neither closed nor open");
    one.closed = state == "closed";
    if (const auto score = value.find("score"); score != value.end() && score->is_number())
        one.score = score->get<double>();
    one.language = TRY(json::find_string(value, "language", subject)).value_or("");
    one.reasons = TRY(reasons_in(value, subject));
    if (value.contains("probe")) one.probe = TRY(id_at(value, "probe", subject));
    return one;
}

Result<Decision> evidence_from(const json::Value& value, std::string_view subject) {
    LicenceEvidence one;
    one.item = TRY(id_at(value, "item", subject));
    const auto licence = value.find("licence");
    if (licence == value.end()) return json::bad_field(subject, "licence", "is missing");
    one.licence = TRY(licence_from(*licence, subject));
    return one;
}

Result<Decision> persons_from(const json::Value& value, std::string_view subject) {
    PersonsDecision one;
    one.item = TRY(id_at(value, "item", subject));
    one.accepted = TRY(json::bool_at(value, "accepted", subject));
    one.why = TRY(json::find_string(value, "why", subject)).value_or("");
    return one;
}

}  // namespace

std::string_view name_of(Erased of) {
    for (const auto& [one, name] : kErased)
        if (one == of) return name;
    return "item";
}

std::string tombstone_hash(std::string_view salt, Erased of, std::string_view value) {
    std::string text(salt);
    text += '\0';
    text += name_of(of);
    text += '\0';
    text += value;
    return digest::sha256_hex(text);
}

std::string text_of(const Decision& decision) {
    return std::visit([](const auto& one) { return json::dump(json_of(one)); }, decision);
}

Result<Decision> decision_from(std::string_view text, std::string_view subject) {
    const json::Value value = TRY(json::parse(text, subject));
    const std::string what = TRY(json::string_at(value, "what", subject));
    if (what == kTombstone) return tombstone_from(value, subject);
    if (what == kChannel) return channel_from(value, subject);
    if (what == kLicence) return evidence_from(value, subject);
    if (what == kPerson) return persons_from(value, subject);
    return failure(Code::unsupported, "read", std::string(subject),
                   "it is a decision of a kind that this version does not know: " + what);
}

}  // namespace haul::collect
