#include "flow/collect/source/peertube/video.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "base/clock.h"
#include "flow/collect/source/claims.h"

namespace haul::collect::peertube {
namespace {

struct NumberedLicence {
    std::string_view id, label;
};
// By number, from 1: VIDEO_LICENCES in PeerTube's server/core/initializers/constants.ts.
constexpr std::array<NumberedLicence, 7> kLicences = {{
    {"CC-BY-4.0", "Attribution"},
    {"CC-BY-SA-4.0", "Attribution - Share Alike"},
    {"CC-BY-ND-4.0", "Attribution - No Derivatives"},
    {"CC-BY-NC-4.0", "Attribution - Non Commercial"},
    {"CC-BY-NC-SA-4.0", "Attribution - Non Commercial - Share Alike"},
    {"CC-BY-NC-ND-4.0", "Attribution - Non Commercial - No Derivatives"},
    {"CC0-1.0", "Public Domain Dedication"},
}};

// What is missing or of another type is not there: instances are of many versions.
const json::Value& at(const json::Value& object, const char* field) {
    static const json::Value kNothing;
    if (!object.is_object()) return kNothing;
    const auto found = object.find(field);
    return found == object.end() ? kNothing : *found;
}
std::string text_at(const json::Value& object, const char* field) {
    const auto* text = at(object, field).get_ptr<const std::string*>();
    return text ? *text : std::string();
}
std::optional<std::int64_t> number_at(const json::Value& object, const char* field) {
    const json::Value& value = at(object, field);
    return value.is_number_integer() ? std::optional(value.get<std::int64_t>()) : std::nullopt;
}
std::optional<bool> flag_at(const json::Value& object, const char* field) {
    const json::Value& value = at(object, field);
    return value.is_boolean() ? std::optional(value.get<bool>()) : std::nullopt;
}

// An id goes into addresses: no more than what PeerTube makes them of.
bool is_uuid(std::string_view text) {
    return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
    });
}

Licence licence_in(const json::Value& video, const std::string& page) {
    const json::Value& said = at(video, "licence");
    const auto number = number_at(said, "id");
    if (!number) return {};
    std::string label = text_at(said, "label");
    return {.id = licence_of(*number, label),
            .statement = label.empty() ? fmt::format("licence {}", *number)
                                       : fmt::format("{} (licence {})", label, *number),
            .page = page,
            .field = "licence.id",
            .seen_ns = clock::wall().count()};
}

struct Ranked {
    bool pictures = true;
    std::uint64_t size = std::numeric_limits<std::uint64_t>::max();
    File file{};
    [[nodiscard]] bool before(const Ranked& other) const {
        return pictures != other.pictures ? !pictures : size < other.size;
    }
};

void consider(const json::Value& files, std::optional<Ranked>& best) {
    if (!files.is_array()) return;
    for (const json::Value& each : files) {
        Ranked ranked{.file = {.url = text_at(each, "fileUrl")}};
        if (ranked.file.url.empty() || flag_at(each, "hasAudio") == false) continue;
        // "0p" is sound alone, for instances that do not say hasVideo yet.
        ranked.pictures =
            flag_at(each, "hasVideo").value_or(number_at(at(each, "resolution"), "id") != std::int64_t{0});
        const auto size = number_at(each, "size");
        if (size && *size > 0) ranked.file.size = ranked.size = static_cast<std::uint64_t>(*size);
        if (!best || ranked.before(*best)) best = std::move(ranked);
    }
}

}  // namespace

std::string licence_of(std::int64_t number, std::string_view label) {
    std::string named = spdx_id(label);
    if (number < 1 || number > static_cast<std::int64_t>(kLicences.size())) return named;
    const NumberedLicence& row = kLicences[static_cast<std::size_t>(number - 1)];
    return label.empty() || label == row.label || named == row.id ? std::string(row.id) : std::string();
}

std::expected<Candidate, std::string> candidate_of(const json::Value& video, const std::string& source_url,
                                                   const std::string& base) {
    const std::string uuid = text_at(video, "uuid");
    if (!is_uuid(uuid)) return std::unexpected("no uuid");
    const json::Value& channel = at(video, "channel");
    const std::string name = text_at(channel, "name");
    const std::string host = text_at(channel, "host");
    if (name.empty() || host.empty()) return std::unexpected("no channel with name and host");
    if (flag_at(video, "isLive") == true) return std::unexpected("a live stream");
    Candidate candidate{.kind = "peertube",
                        .source_url = source_url,
                        .item = uuid,
                        .channel = name + "@" + host,
                        .channel_title = text_at(channel, "displayName"),
                        .title = text_at(video, "name"),
                        .page = text_at(video, "url"),
                        .language = claimed_language(text_at(at(video, "language"), "id")),
                        .published = claimed_date(text_at(video, "publishedAt")),
                        .licence = licence_in(video, base + "/api/v1/videos/" + uuid)};
    if (candidate.page.empty()) candidate.page = base + "/w/" + uuid;
    const auto seconds = number_at(video, "duration");
    if (seconds && *seconds > 0) candidate.duration = static_cast<double>(*seconds);
    return candidate;
}

std::optional<File> smallest_sound(const json::Value& details) {
    std::optional<Ranked> best;
    consider(at(details, "files"), best);
    if (const json::Value& playlists = at(details, "streamingPlaylists"); playlists.is_array())
        for (const json::Value& each : playlists) consider(at(each, "files"), best);
    if (!best) return std::nullopt;
    return std::move(best->file);
}

bool is_public(const json::Value& details) {
    constexpr std::int64_t kPublic = 1;
    return number_at(at(details, "privacy"), "id").value_or(kPublic) == kPublic;
}

}  // namespace haul::collect::peertube
