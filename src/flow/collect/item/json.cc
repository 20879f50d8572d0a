#include <cmath>

#include "flow/collect/item/item.h"

namespace haul::collect {
namespace {

// Fields that are empty or not known are not written.
void put(json::Ordered& object, const char* field, const std::string& text) {
    if (!text.empty()) object[field] = text;
}

// The texts of both kinds of value, with their fields: one list for writing and reading.
struct Text {
    const char* field;
    std::string Candidate::* member;
};
constexpr Text kRequired[] = {{"kind", &Candidate::kind},
                              {"source_url", &Candidate::source_url},
                              {"item", &Candidate::item},
                              {"channel", &Candidate::channel}};
constexpr Text kOptional[] = {{"channel_title", &Candidate::channel_title},
                              {"title", &Candidate::title},
                              {"page", &Candidate::page},
                              {"media", &Candidate::media},
                              {"media_type", &Candidate::media_type},
                              {"language", &Candidate::language},
                              {"published", &Candidate::published}};
struct LicenceText {
    const char* field;
    std::string Licence::* member;
};
constexpr LicenceText kLicence[] = {{"id", &Licence::id},
                                    {"statement", &Licence::statement},
                                    {"page", &Licence::page},
                                    {"field", &Licence::field}};

Result<std::optional<double>> duration_in(const json::Value& value, std::string_view subject) {
    const auto at = value.find("duration");
    if (at == value.end() || at->is_null()) return std::nullopt;
    const double seconds = at->is_number() ? at->get<double>() : -1;
    if (!std::isfinite(seconds) || seconds < 0)
        return failure(Code::corrupt, "read", std::string(subject),
                       "field \"duration\" is not a number of seconds");
    return seconds;
}

}  // namespace

json::Ordered json_of(const Licence& licence) {
    json::Ordered object = json::Ordered::object();
    for (const LicenceText& text : kLicence) put(object, text.field, licence.*text.member);
    if (licence.seen_ns != 0) object["seen_ns"] = licence.seen_ns;
    return object;
}

Result<Licence> licence_from(const json::Value& value, std::string_view subject) {
    Licence licence;
    for (const LicenceText& text : kLicence)
        licence.*text.member = TRY(json::find_string(value, text.field, subject)).value_or("");
    licence.seen_ns = TRY(json::find_int(value, "seen_ns", subject)).value_or(0);
    return licence;
}

json::Ordered json_of(const Candidate& candidate) {
    json::Ordered object = json::Ordered::object();
    for (const Text& text : kRequired) object[text.field] = candidate.*text.member;
    for (const Text& text : kOptional) put(object, text.field, candidate.*text.member);
    if (candidate.duration) object["duration"] = *candidate.duration;
    if (candidate.size) object["size"] = *candidate.size;
    if (candidate.licence != Licence()) object["licence"] = json_of(candidate.licence);
    return object;
}

Result<Candidate> candidate_from(const json::Value& value, std::string_view subject) {
    Candidate candidate;
    for (const Text& text : kRequired) {
        candidate.*text.member = TRY(json::string_at(value, text.field, subject));
        if ((candidate.*text.member).empty())
            return failure(Code::corrupt, "read", std::string(subject),
                           std::string("field \"") + text.field + "\" is empty");
    }
    for (const Text& text : kOptional)
        candidate.*text.member = TRY(json::find_string(value, text.field, subject)).value_or("");
    candidate.duration = TRY(duration_in(value, subject));
    candidate.size = TRY(json::find_uint(value, "size", subject));
    if (const auto at = value.find("licence"); at != value.end() && !at->is_null())
        candidate.licence = TRY(licence_from(*at, subject));
    return candidate;
}

Result<std::vector<std::string>> reasons_in(const json::Value& value, std::string_view subject) {
    std::vector<std::string> reasons;
    const auto at = value.find("reasons");
    if (at == value.end()) return reasons;
    if (!at->is_array()) return json::bad_field(subject, "reasons", "is not a list");
    for (const json::Value& one : *at) {
        const auto* reason = one.get_ptr<const std::string*>();
        if (reason == nullptr)
            return json::bad_field(subject, "reasons", "holds something that is not a string");
        reasons.push_back(*reason);
    }
    return reasons;
}

}  // namespace haul::collect
