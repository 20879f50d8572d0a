#include "flow/collect/source/ytdlp/info.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <initializer_list>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "flow/collect/source/claims.h"
#include "http/address.h"
#include "http/url.h"

namespace haul::collect {
namespace {

// The first of the fields that is a text, and not an empty one.
std::string text_in(const json::Value& object, std::initializer_list<const char*> fields) {
    for (const char* field : fields) {
        const auto at = object.find(field);
        if (at == object.end() || !at->is_string()) continue;
        if (auto text = at->get<std::string>(); !text.empty()) return text;
    }
    return {};
}

std::optional<double> number_in(const json::Value& object, const char* field) {
    const auto at = object.find(field);
    if (at == object.end() || !at->is_number()) return std::nullopt;
    const auto number = at->get<double>();
    constexpr double kMost = 1e15;
    return std::isfinite(number) && number > 0 && number < kMost ? std::optional(number) : std::nullopt;
}

std::optional<std::uint64_t> size_in(const json::Value& info) {
    const auto number = number_in(info, "filesize");
    return number ? std::optional(static_cast<std::uint64_t>(*number)) : std::nullopt;
}

bool is_list(const json::Value& entry) { return text_in(entry, {"_type"}) == "playlist"; }
bool leads_to_a_list(const json::Value& entry) {
    const std::string key = text_in(entry, {"ie_key"});
    return key.ends_with("Tab") || key.ends_with("Playlist") || key.ends_with("Channel") ||
           key.ends_with("User");
}

// Without what yt-dlp hangs on addresses for itself (smuggle_url() in its utils).
std::string page_of(const json::Value& entry) {
    std::string page = text_in(entry, {"webpage_url", "url", "original_url"});
    page.resize(std::min(page.size(), page.find("#__youtubedl_smuggle=")));
    return page;
}

// Extractors number their items each for themselves. Plain files are numbered by their names alone: there the
// address tells them apart.
std::string item_of(const json::Value& entry) {
    const std::string extractor = text_in(entry, {"extractor_key", "ie_key"});
    const std::string id = text_in(entry, {"id"});
    return extractor.empty() || extractor == "Generic" || id.empty() ? page_of(entry) : extractor + " " + id;
}

std::string date_of(const json::Value& info) {
    if (const auto seconds = number_in(info, "timestamp"); seconds && *seconds < 1e10)
        return clock::utc_text(std::chrono::seconds(static_cast<std::int64_t>(*seconds))).substr(0, 19) + "Z";
    const std::string day = text_in(info, {"upload_date"});
    if (day.size() != 8) return {};
    return claimed_date(fmt::format("{}-{}-{}T00:00:00Z", day.substr(0, 4), day.substr(4, 2), day.substr(6)));
}

struct List {
    const std::string& which;
    std::string channel, channel_title;
    FoundPage& page;
};

void take(const json::Value& entry, const List& list) {
    if (!entry.is_object()) {
        list.page.passed_over.push_back(list.which + ": an item that is hidden or gone");
        return;
    }
    if (is_list(entry)) {
        const auto entries = entry.find("entries");
        if (entries == entry.end() || !entries->is_array()) return;
        for (const json::Value& one : *entries) take(one, list);
        return;
    }
    Candidate candidate;
    candidate.kind = "yt-dlp";
    candidate.source_url = list.which;
    candidate.item = item_of(entry);
    candidate.page = page_of(entry);
    if (candidate.item.empty() || !http::parse_url(candidate.page)) {
        list.page.passed_over.push_back(list.which + ": an item without an address");
        return;
    }
    if (leads_to_a_list(entry)) {
        list.page.passed_over.push_back(
            fmt::format("{}: a list within a list; name it in the plan to have it searched",
                        http::shown_url(candidate.page)));
        return;
    }
    candidate.channel = list.channel;
    candidate.channel_title = list.channel_title;
    list.page.candidates.push_back(described(entry, candidate));
}

}  // namespace

Result<FoundPage> found_in(const json::Value& info, const std::string& which, std::size_t start,
                           std::size_t asked) {
    if (!info.is_object())
        return failure(Code::corrupt, "list", http::shown_url(which), "yt-dlp wrote no description");
    FoundPage page;
    List list{.which = which,
              .channel = text_in(info, {"channel_id", "uploader_id"}),
              .channel_title = text_in(info, {"channel", "uploader", "title"}),
              .page = page};
    if (list.channel.empty()) list.channel = which;
    take(info, list);
    const auto entries = info.find("entries");
    const bool full =
        is_list(info) && entries != info.end() && entries->is_array() && entries->size() >= asked;
    page.last = !full;
    if (full) page.cursor = std::to_string(start + asked);
    return page;
}

Candidate described(const json::Value& info, const Candidate& candidate) {
    Candidate made = candidate;
    const auto put = [&](std::string& field, std::string text) {
        if (!text.empty()) field = std::move(text);
    };
    put(made.channel, text_in(info, {"channel_id", "uploader_id"}));
    put(made.channel_title, text_in(info, {"channel", "uploader"}));
    // That of a list is somebody's; a plain file's is its name.
    if (made.title.empty()) made.title = text_in(info, {"title"});
    put(made.language, claimed_language(text_in(info, {"language"})));
    put(made.published, date_of(info));
    if (const auto seconds = number_in(info, "duration")) made.duration = seconds;
    if (const auto size = size_in(info)) made.size = size;
    const std::string statement = text_in(info, {"license"});
    if (!statement.empty())
        made.licence = {
            .id = spdx_id(statement), .statement = statement, .page = made.page, .field = "license"};
    return made;
}

Result<DirectMedia> direct_media(const json::Value& info, const std::string& subject) {
    const std::string protocol = text_in(info, {"protocol"});
    DirectMedia media{
        .url = text_in(info, {"url"}), .extension = text_in(info, {"ext"}), .size = size_in(info)};
    if ((protocol == "http" || protocol == "https") && http::parse_url(media.url)) return media;
    return failure(Code::unsupported, "fetch", subject,
                   "there is no file of it that can be fetched as a whole");
}

bool is_youtube(const std::string& url) {
    const auto parsed = http::parse_url(url);
    if (!parsed) return false;
    for (const std::string_view domain :
         {"youtube.com", "youtu.be", "youtube-nocookie.com", "googlevideo.com"}) {
        if (parsed->host == domain || parsed->host.ends_with("." + std::string(domain))) return true;
    }
    return false;
}

bool is_youtube(const json::Value& info) {
    return info.is_object() && text_in(info, {"extractor_key", "ie_key"}).starts_with("Youtube");
}

}  // namespace haul::collect
