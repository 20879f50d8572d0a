#include "flow/collect/source/feed/read.h"

#include <fmt/format.h>

#include <optional>
#include <set>
#include <utility>

#include "base/clock.h"
#include "base/number.h"
#include "base/text.h"
#include "flow/collect/source/claims.h"
#include "flow/collect/source/feed/licence.h"
#include "flow/collect/source/feed/xml.h"
#include "flow/collect/web/media_type.h"
#include "http/address.h"
#include "http/url.h"

namespace haul::collect::feed {
namespace {

constexpr std::size_t kLongestName = 2048;  // of an item
constexpr std::size_t kLongestTitle = 500, kLongestTag = 100;
constexpr std::size_t kMostItems = 50'000;

struct Enclosure {
    std::string url{}, type{};
    std::optional<std::uint64_t> size{};
};

enum class Kind : std::uint8_t { audio, video, other };

Kind kind_of(const Enclosure& enclosure) {
    if (enclosure.type.starts_with("audio/")) return Kind::audio;
    if (enclosure.type.starts_with("video/")) return Kind::video;
    // Types are often missing or wrong: what the file is called says more than "application/octet-stream".
    const bool known = extension_of(enclosure.type, enclosure.url) != "bin";
    return known && !enclosure.type.starts_with("image/") ? Kind::video : Kind::other;
}

class Reader {
  public:
    Reader(const std::string& source_url, const std::string& page_url)
        : source_url_(source_url), page_url_(page_url) {}
    Result<Page> read(std::string xml);

  private:
    void take(const pugi::xml_node& item);
    std::optional<std::string> take_into(Candidate& candidate, const pugi::xml_node& item);
    void find_next();
    [[nodiscard]] std::string text(const pugi::xml_node& of, const char* rss, const char* atom) const;
    [[nodiscard]] std::string resolved(const std::string& reference) const;
    [[nodiscard]] std::optional<Enclosure> enclosure_of(const pugi::xml_node& item) const;
    [[nodiscard]] std::string shown_page(const pugi::xml_node& item) const;
    [[nodiscard]] std::string language_of(const pugi::xml_node& item) const;
    [[nodiscard]] std::string language_of_channel() const;

    const std::string& source_url_;
    const std::string& page_url_;
    Document document_;
    pugi::xml_node channel_;
    std::string channel_title_, channel_language_;
    std::optional<Licence> channel_licence_;
    std::set<std::string> names_;
    std::size_t items_ = 0;
    Page page_;
};

Result<Page> Reader::read(std::string xml) {
    TRY(document_.load(std::move(xml), page_url_));
    const auto root = document_.root();
    const bool rss = document_.is(root, Space::none, "rss");
    if (!rss && !document_.is(root, Space::atom, "feed"))
        return failure(Code::corrupt, "read", http::shown_url(page_url_),
                       fmt::format("neither RSS 2.0 nor Atom: its root is <{}>",
                                   text::printable(std::string_view(root.name()).substr(0, 100))));
    channel_ = rss ? document_.child(root, Space::none, "channel") : root;
    if (!channel_)
        return failure(Code::corrupt, "read", http::shown_url(page_url_), "an RSS feed without channel");
    if (rss) document_.learn(channel_);
    channel_title_ = shortened(text(channel_, "title", "title"), kLongestTitle);
    channel_language_ = language_of_channel();
    channel_licence_ = licence_in(document_, channel_);
    for (const auto& each : channel_.children()) {
        if (!document_.is(each, Space::none, "item") && !document_.is(each, Space::atom, "entry")) continue;
        if (items_ == kMostItems)
            return failure(Code::corrupt, "read", http::shown_url(page_url_),
                           fmt::format("more than {} items on one page", kMostItems));
        take(each);
    }
    find_next();
    return std::move(page_);
}

std::string Reader::text(const pugi::xml_node& of, const char* rss, const char* atom) const {
    std::string text = text_of(document_.child(of, Space::none, rss));
    return text.empty() ? text_of(document_.child(of, Space::atom, atom)) : text;
}

std::string Reader::resolved(const std::string& reference) const {
    if (reference.empty()) return {};
    const auto url = http::resolve_url(page_url_, reference);
    return url ? url->text : std::string();
}

void Reader::take(const pugi::xml_node& item) {
    ++items_;
    Candidate candidate{.kind = "feed",
                        .source_url = source_url_,
                        .channel = source_url_,
                        .channel_title = channel_title_,
                        .title = shortened(text(item, "title", "title"), kLongestTitle)};
    const auto why_not = take_into(candidate, item);
    if (!why_not) {
        page_.candidates.push_back(std::move(candidate));
        return;
    }
    page_.passed_over.push_back(
        fmt::format("{}, item {} ({}): {}", http::shown_url(page_url_), items_,
                    text::printable(candidate.title.empty() ? "without title" : candidate.title), *why_not));
}

// Why it is no candidate.
std::optional<std::string> Reader::take_into(Candidate& candidate, const pugi::xml_node& item) {
    const auto enclosure = enclosure_of(item);
    if (!enclosure) return "nothing to hear in it: no enclosure of audio or video";
    candidate.item = text(item, "guid", "id");
    if (candidate.item.empty()) candidate.item = enclosure->url;
    if (candidate.item.size() > kLongestName) return "its guid is longer than any name";
    if (!names_.insert(candidate.item).second) return "its guid stands in the feed twice";
    candidate.media = enclosure->url;
    candidate.media_type = enclosure->type;
    candidate.size = enclosure->size;
    candidate.page = shown_page(item);
    candidate.duration = claimed_duration(text_of(document_.child(item, Space::itunes, "duration")));
    candidate.language = language_of(item);
    candidate.published = claimed_date(text(item, "pubDate", "published"));
    auto licence = licence_in(document_, item);
    if (!licence) licence = channel_licence_;
    candidate.licence = std::move(licence).value_or(Licence{});
    if (!candidate.licence.statement.empty()) {
        candidate.licence.page = page_url_;
        candidate.licence.seen_ns = clock::wall().count();
    }
    return std::nullopt;
}

std::optional<Enclosure> Reader::enclosure_of(const pugi::xml_node& item) const {
    std::optional<Enclosure> best;
    for (const auto& node : item.children()) {
        const bool rss = document_.is(node, Space::none, "enclosure");
        const bool atom = document_.is(node, Space::atom, "link") && attribute_of(node, "rel") == "enclosure";
        if (!rss && !atom) continue;
        Enclosure each{.url = resolved(attribute_of(node, rss ? "url" : "href")),
                       .type = media_type_of(attribute_of(node, "type")),
                       .size = text::whole_number<std::uint64_t>(attribute_of(node, "length"))};
        if (each.size == 0U) each.size.reset();  // not known, in the words of RSS
        const Kind kind = kind_of(each);
        if (each.url.empty() || kind == Kind::other) continue;
        if (!best || (kind == Kind::audio && kind_of(*best) != Kind::audio)) best = std::move(each);
    }
    return best;
}

std::string Reader::shown_page(const pugi::xml_node& item) const {
    if (const auto link = document_.child(item, Space::none, "link")) return resolved(text_of(link));
    for (const auto& node : item.children()) {
        const std::string rel = attribute_of(node, "rel");
        if (document_.is(node, Space::atom, "link") && (rel.empty() || rel == "alternate"))
            return resolved(attribute_of(node, "href"));
    }
    return {};
}

std::string Reader::language_of(const pugi::xml_node& item) const {
    std::string tag = text_of(document_.child(item, Space::dublin_core, "language"));
    if (tag.empty()) tag = attribute_of(item, "xml:lang");
    return tag.empty() ? channel_language_ : claimed_language(shortened(std::move(tag), kLongestTag));
}

std::string Reader::language_of_channel() const {
    std::string tag = attribute_of(channel_, "xml:lang");
    if (tag.empty()) tag = text_of(document_.child(channel_, Space::none, "language"));
    if (tag.empty()) tag = text_of(document_.child(channel_, Space::dublin_core, "language"));
    return claimed_language(shortened(std::move(tag), kLongestTag));
}

void Reader::find_next() {
    for (const std::string_view wanted : {"next", "prev-archive"}) {
        for (const auto& node : channel_.children()) {
            if (!document_.is(node, Space::atom, "link") || attribute_of(node, "rel") != wanted) continue;
            page_.next = resolved(attribute_of(node, "href"));
            if (!page_.next.empty()) return;
        }
    }
}

}  // namespace

Result<Page> read(std::string xml, const std::string& source_url, const std::string& page_url) {
    return Reader(source_url, page_url).read(std::move(xml));
}

}  // namespace haul::collect::feed
