#include "flow/collect/source/feed/feed_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/digest.h"
#include "flow/collect/source/feed/read.h"
#include "http/address.h"
#include "http/url.h"

namespace haul::collect {
namespace {

constexpr std::size_t kMostPages = 2000;
constexpr std::string_view kAccept =
    "application/rss+xml, application/atom+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5";

// A page's address and those read before it, as short hashes, so that a ring of pages ends in any process.
struct Cursor {
    std::string url{};
    std::vector<std::string> seen{};
};

std::string short_hash(const std::string& url) { return digest::sha256_hex(url).substr(0, 16); }

std::string text_of(const Cursor& cursor) {
    return json::dump(json::Ordered{{"url", cursor.url}, {"seen", cursor.seen}});
}

Result<Cursor> cursor_from(const std::string& text) {
    const json::Value value = TRY(json::parse(text, "cursor of a feed"));
    Cursor cursor{.url = TRY(json::string_at(value, "url", "cursor of a feed"))};
    const auto seen = value.find("seen");
    if (seen == value.end() || !seen->is_array())
        return failure(Code::corrupt, "read", "cursor of a feed", "field \"seen\" is not a list");
    for (const auto& each : *seen)
        if (const auto* hash = each.get_ptr<const std::string*>()) cursor.seen.push_back(*hash);
    return cursor;
}

class FeedSource : public Source {
  public:
    FeedSource(std::string url, Web& web) : url_(std::move(url)), web_(web) {}

    [[nodiscard]] std::vector<std::string> searches() const override { return {url_}; }
    [[nodiscard]] std::vector<std::string> would_ask() const override {
        return {fmt::format("GET {} (a feed, and its pages)", http::shown_url(url_))};
    }
    [[nodiscard]] Result<FoundPage> search(const std::string& which, const std::string& cursor,
                                           const std::stop_token& stop) override;
    [[nodiscard]] Result<FoundPage> list_channel(const Candidate&, const std::string&,
                                                 const std::stop_token&) override {
        return FoundPage{.last = true};
    }
    [[nodiscard]] Result<Candidate> describe(const Candidate& candidate, const std::stop_token&) override {
        if (candidate.media.empty())
            return failure(Code::corrupt, "describe", candidate.item, "a feed's item without its enclosure");
        return candidate;
    }
    [[nodiscard]] Result<Fetched> fetch(const Candidate& candidate, const FetchTo& to,
                                        const std::stop_token& stop) override {
        return web_.fetch({.url = candidate.media, .size = candidate.size, .duration = candidate.duration},
                          to, stop);
    }

  private:
    const std::string url_;
    Web& web_;
};

Result<FoundPage> FeedSource::search(const std::string& which, const std::string& cursor,
                                     const std::stop_token& stop) {
    if (which != url_) return failure(Code::usage, "search", which, "this source has no such search");
    Cursor at{.url = url_};
    if (!cursor.empty()) at = TRY(cursor_from(cursor));
    WebPage answer = TRY(web_.get({.url = at.url, .accept = std::string(kAccept)}, stop));
    auto page = TRY(feed::read(std::move(answer.body), url_, answer.url));
    FoundPage found{.candidates = std::move(page.candidates), .passed_over = std::move(page.passed_over)};
    const auto asked = http::parse_url(at.url);
    for (const std::string& each : {asked ? asked->text : at.url, answer.url})
        at.seen.push_back(short_hash(each));
    const bool ring = std::ranges::find(at.seen, short_hash(page.next)) != at.seen.end();
    found.last = page.next.empty() || ring || at.seen.size() >= 2 * kMostPages;
    if (!found.last) {
        at.url = page.next;
        found.cursor = text_of(at);
    } else if (ring) {
        found.passed_over.push_back(
            fmt::format("{}: its next page, {}, was read already", answer.url, page.next));
    } else if (!page.next.empty()) {
        found.passed_over.push_back(
            fmt::format("{}: its next page, {}, would be more than {}", answer.url, page.next, kMostPages));
    }
    return found;
}

}  // namespace

Result<std::unique_ptr<Source>> make_feed(const SourcePlan& plan, const SourceTools& tools) {
    return std::make_unique<FeedSource>(plan.url, tools.web);
}

}  // namespace haul::collect
