#include "flow/collect/source/peertube/peertube_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/digest.h"
#include "base/number.h"
#include "base/percent.h"
#include "flow/collect/source/peertube/video.h"
#include "http/address.h"

namespace haul::collect {
namespace {

// The API takes 50 requests in 10 s of one address, and gives 100 videos at once at most.
constexpr double kPerSecond = 5.0;
constexpr std::size_t kPageSize = 50;
// Pages overlap by so many: where videos vanish while they are paged through, those behind move forward.
constexpr std::size_t kOverlap = 10;

// Oldest first: what is published meanwhile comes at the end.
constexpr std::string_view kPaging = "sort=publishedAt";

class PeerTubeSource : public Source {
  public:
    PeerTubeSource(const SourcePlan& plan, Web& web)
        : url_(plan.url), base_(plan.url), searches_(plan.search), web_(web) {
        while (base_.ends_with('/')) base_.pop_back();
    }

    [[nodiscard]] std::vector<std::string> searches() const override { return searches_; }
    [[nodiscard]] std::vector<std::string> would_ask() const override {
        std::vector<std::string> lines;
        lines.reserve(searches_.size());
        for (const std::string& each : searches_) lines.push_back("GET " + search_url(each) + " (in pages)");
        return lines;
    }
    [[nodiscard]] Result<FoundPage> search(const std::string& which, const std::string& cursor,
                                           const std::stop_token& stop) override {
        if (std::ranges::find(searches_, which) == searches_.end())
            return failure(Code::usage, "search", which, "this source has no such search");
        return page(search_url(which), cursor, stop);
    }
    [[nodiscard]] Result<FoundPage> list_channel(const Candidate& of, const std::string& cursor,
                                                 const std::stop_token& stop) override {
        return page(fmt::format("{}/api/v1/video-channels/{}/videos?{}", base_,
                                text::percent_encoded(of.channel, false), kPaging),
                    cursor, stop);
    }
    [[nodiscard]] Result<Candidate> describe(const Candidate& candidate,
                                             const std::stop_token& stop) override;
    [[nodiscard]] Result<Fetched> fetch(const Candidate& candidate, const FetchTo& to,
                                        const std::stop_token& stop) override {
        return web_.fetch({.url = candidate.media, .size = candidate.size, .duration = candidate.duration},
                          to, stop);
    }

  private:
    [[nodiscard]] std::string search_url(const std::string& words) const {
        return fmt::format("{}/api/v1/search/videos?search={}&searchTarget=local&{}", base_,
                           text::percent_encoded(words, false), kPaging);
    }
    [[nodiscard]] Result<json::Value> ask(const std::string& url, const std::stop_token& stop);
    [[nodiscard]] Result<FoundPage> page(const std::string& url, const std::string& cursor,
                                         const std::stop_token& stop);

    const std::string url_;
    std::string base_;
    const std::vector<std::string> searches_;
    Web& web_;
};

Result<json::Value> PeerTubeSource::ask(const std::string& url, const std::stop_token& stop) {
    const WebPage answer =
        TRY(web_.get({.url = url, .accept = "application/json", .requests_per_second = kPerSecond}, stop));
    return json::parse(answer.body, http::shown_url(url));
}

// Which videos a page lists, in their order.
std::string digest_of(const json::Value& videos) {
    std::string ids;
    for (const json::Value& video : videos)
        ids += json::dump(video.is_object() && video.contains("uuid") ? video["uuid"] : video) + '\n';
    return digest::sha256_hex(ids).substr(0, 16);
}

// The cursor is where the next page starts, and what stood on the one before: "40-DIGEST".
Result<FoundPage> PeerTubeSource::page(const std::string& url, const std::string& cursor,
                                       const std::stop_token& stop) {
    const std::string_view place_of_it = std::string_view(cursor).substr(0, cursor.find('-'));
    const auto start = text::whole_number<std::uint64_t>(cursor.empty() ? "0" : place_of_it);
    constexpr std::uint64_t kFurthest = 1ULL << 40U;
    if (!start || *start > kFurthest)
        return failure(Code::corrupt, "read", "cursor of a search", "not a number: " + cursor);
    const std::string whole = fmt::format("{}&start={}&count={}", url, *start, kPageSize);
    const json::Value answer = TRY(ask(whole, stop));
    const auto data = answer.is_object() ? answer.find("data") : answer.end();
    if (data == answer.end() || !data->is_array())
        return failure(Code::corrupt, "read", http::shown_url(whole),
                       "no list of videos: is this a PeerTube instance?");
    FoundPage found;
    std::size_t place = 0;
    for (const json::Value& video : *data) {
        auto candidate = peertube::candidate_of(video, url_, base_);
        const std::uint64_t number = *start + place++;
        if (candidate) {
            found.candidates.push_back(*std::move(candidate));
        } else {
            found.passed_over.push_back(fmt::format("{}, video {}: {}", url, number, candidate.error()));
        }
    }
    // What the instance says of how many there are changes meanwhile: the end is where nothing is.
    const std::string here = digest_of(*data);
    // An instance that does not page gives the same for ever.
    found.last = data->empty() || cursor.ends_with("-" + here);
    const std::size_t forward = data->size() > kOverlap ? data->size() - kOverlap : data->size();
    found.cursor = fmt::format("{}-{}", *start + forward, here);
    return found;
}

Result<Candidate> PeerTubeSource::describe(const Candidate& candidate, const std::stop_token& stop) {
    const std::string url = base_ + "/api/v1/videos/" + text::percent_encoded(candidate.item, false);
    const json::Value details = TRY(ask(url, stop));
    const auto bad = [&url](Code code, std::string why) {
        return failure(code, "describe", http::shown_url(url), std::move(why));
    };
    if (!peertube::is_public(details)) return bad(Code::denied, "the video is not public");
    auto described = peertube::candidate_of(details, url_, base_);
    if (!described) return bad(Code::corrupt, described.error());
    if (described->item != candidate.item) return bad(Code::corrupt, "these are details of another video");
    auto file = peertube::smallest_sound(details);
    if (!file) return bad(Code::unsupported, "none of its files has sound and an address");
    described->channel = candidate.channel;  // as it was found: what is known of the channel holds on
    described->media = std::move(file->url);
    described->size = file->size;
    return *std::move(described);
}

}  // namespace

Result<std::unique_ptr<Source>> make_peertube(const SourcePlan& plan, const SourceTools& tools) {
    return std::make_unique<PeerTubeSource>(plan, tools.web);
}

}  // namespace haul::collect
