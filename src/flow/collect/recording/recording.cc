#include "flow/collect/recording/recording.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace haul::collect {
namespace {

constexpr std::size_t kHashLength = 64;
constexpr std::size_t kLongestExtension = 16;

bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool is_hex(char c) { return (c >= 'a' && c <= 'f') || (c >= '0' && c <= '9'); }

// Id and extension become a path in the corpus: whatever wrote the record, they lead nowhere else.
Status check_names(const Recording& recording, std::string_view subject) {
    if (!is_id(recording.id)) return json::bad_field(subject, "id", "is not 26 characters of base32");
    if (recording.extension.size() > kLongestExtension ||
        !std::ranges::all_of(recording.extension, is_lower_or_digit))
        return json::bad_field(subject, "extension", "is not a few lower-case letters and digits");
    if (recording.sha256.size() != kHashLength || !std::ranges::all_of(recording.sha256, is_hex))
        return json::bad_field(subject, "sha256", "is not 64 hex digits");
    return {};
}

}  // namespace

std::string file_of(const Recording& recording) {
    const std::string_view dot = recording.extension.empty() ? "" : ".";
    return fmt::format("audio/{}/{}{}{}", recording.id.substr(0, 2), recording.id, dot, recording.extension);
}

json::Ordered json_of(const Recording& recording) {
    json::Ordered value;
    value["id"] = recording.id;
    value["candidate"] = json_of(recording.candidate);
    value["extension"] = recording.extension;
    value["bytes"] = recording.bytes;
    value["sha256"] = recording.sha256;
    value["type"] = recording.type;
    value["fetched_ns"] = recording.fetched_ns;
    value["heard"] = recording.heard;
    value["accepted"] = recording.accepted;
    value["reasons"] = recording.reasons;
    return value;
}

Result<Recording> recording_from(const json::Value& value, std::string_view subject) {
    Recording recording;
    recording.id = TRY(json::string_at(value, "id", subject));
    const auto candidate = value.find("candidate");
    if (candidate == value.end()) return json::bad_field(subject, "candidate", "is missing");
    recording.candidate = TRY(candidate_from(*candidate, subject));
    recording.extension = TRY(json::string_at(value, "extension", subject));
    recording.bytes = TRY(json::uint_at(value, "bytes", subject));
    recording.sha256 = TRY(json::string_at(value, "sha256", subject));
    recording.type = TRY(json::string_at(value, "type", subject));
    recording.fetched_ns = TRY(json::int_at(value, "fetched_ns", subject));
    if (const auto heard = value.find("heard"); heard != value.end() && !heard->is_null()) {
        if (!heard->is_object()) return json::bad_field(subject, "heard", "is neither an object nor null");
        recording.heard = *heard;
    }
    recording.accepted = TRY(json::bool_at(value, "accepted", subject));
    if (!value.contains("reasons")) return json::bad_field(subject, "reasons", "is missing");
    recording.reasons = TRY(reasons_in(value, subject));
    TRY(check_names(recording, subject));
    return recording;
}

}  // namespace haul::collect
