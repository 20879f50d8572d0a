#include "flow/collect/web/media_type.h"

#include <algorithm>
#include <span>
#include "base/text.h"

namespace haul::collect {
namespace {

struct Row {
    std::string_view type, extension;
};
// IANA's registry of media types, and the names that are older than their registration. The first of an
// ending is its own.
constexpr Row kTypes[] = {
    {"audio/mpeg", "mp3"},       {"audio/mp3", "mp3"},       {"audio/x-mp3", "mp3"},
    {"audio/mpeg3", "mp3"},      {"audio/x-mpeg", "mp3"},    {"audio/mp4", "m4a"},
    {"audio/m4a", "m4a"},        {"audio/x-m4a", "m4a"},     {"audio/aac", "aac"},
    {"audio/aacp", "aac"},       {"audio/x-aac", "aac"},     {"audio/ogg", "ogg"},
    {"audio/vorbis", "ogg"},     {"application/ogg", "ogg"}, {"audio/opus", "opus"},
    {"audio/flac", "flac"},      {"audio/x-flac", "flac"},   {"audio/wav", "wav"},
    {"audio/x-wav", "wav"},      {"audio/wave", "wav"},      {"audio/vnd.wave", "wav"},
    {"audio/webm", "webm"},      {"audio/aiff", "aiff"},     {"audio/x-aiff", "aiff"},
    {"audio/amr", "amr"},        {"audio/3gpp", "3gp"},      {"audio/x-ms-wma", "wma"},
    {"audio/x-matroska", "mka"}, {"video/mp4", "mp4"},       {"video/x-m4v", "m4v"},
    {"video/webm", "webm"},      {"video/ogg", "ogv"},       {"video/x-matroska", "mkv"},
    {"video/quicktime", "mov"},  {"video/mpeg", "mpg"},      {"video/mp2t", "ts"},
    {"video/3gpp", "3gp"},       {"video/x-msvideo", "avi"}, {"video/x-flv", "flv"},
};
// Endings that are none of the first of a type, and yet media.
constexpr std::string_view kMore[] = {"oga", "aif", "m4b", "mpeg", "wmv", "mp2", "spx", "caf", "au"};

std::string_view ending_of(std::string_view url) {
    url = url.substr(0, std::min(url.find_first_of("?#"), url.size()));
    url = url.substr(url.rfind('/') + 1);
    const auto dot = url.rfind('.');
    return dot == std::string_view::npos ? std::string_view() : url.substr(dot + 1);
}

}  // namespace

std::string media_type_of(std::string_view content_type) {
    content_type = content_type.substr(0, content_type.find(';'));
    content_type = content_type.substr(0, content_type.find_last_not_of(" \t") + 1);
    return text::lower(content_type);
}

bool is_page(std::string_view media_type) {
    return media_type == "text/html" || media_type == "application/xhtml+xml";
}

std::string extension_of(std::string_view media_type, std::string_view url) {
    const auto at = std::ranges::find(kTypes, media_type, &Row::type);
    if (at != std::end(kTypes)) return std::string(at->extension);
    std::string ending = text::lower(ending_of(url));
    const bool known = std::ranges::find(kTypes, ending, &Row::extension) != std::end(kTypes) ||
                       std::ranges::find(kMore, ending) != std::end(kMore);
    return known ? ending : "bin";
}

}  // namespace haul::collect
