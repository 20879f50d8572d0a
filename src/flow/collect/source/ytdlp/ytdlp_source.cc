#include "flow/collect/source/ytdlp/ytdlp_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/number.h"
#include "base/process.h"
#include "flow/collect/source/terms.h"
#include "flow/collect/source/ytdlp/complaint.h"
#include "flow/collect/source/ytdlp/info.h"
#include "http/address.h"
#include "http/url.h"

namespace haul::collect {
namespace {

constexpr std::size_t kPageSize = 100;
// One file over HTTP, of audio where there is one: what comes in many pieces only yt-dlp could fetch.
constexpr const char* kFormat = "ba[protocol=https]/ba[protocol=http]/b[protocol=https]/b[protocol=http]";
constexpr auto kLimit = std::chrono::minutes(10);
constexpr std::size_t kLongest = 64U << 20U;

// Nothing of whoever runs us: no settings, plug-ins, caches, passwords; and no code from elsewhere.
process::Command command_for(const SourceTools& tools, const std::string& url,
                             const std::vector<std::string>& words) {
    process::Command command;
    command.argv = {tools.ytdlp,
                    "--ignore-config",
                    "--no-plugin-dirs",
                    "--no-cache-dir",
                    "--no-remote-components",
                    "--no-warnings",
                    "--no-progress",
                    "--user-agent",
                    tools.user_agent,
                    "--socket-timeout",
                    "30",
                    "--extractor-retries",
                    "0",
                    "--dump-single-json"};
    command.argv.insert(command.argv.end(), words.begin(), words.end());
    command.argv.insert(command.argv.end(), {"--", url});
    command.limit = kLimit;
    command.output_limit = kLongest;
    return command;
}

// A program that is not there is of this machine: no word of the item, and no other try of this run mends it.
Error not_run(Error why, const std::string& operation, const std::string& subject) {
    const bool is_missing = why.code == Code::not_found || why.code == Code::denied;
    Error error = std::move(why).within(operation, subject);
    if (!is_missing) return error;
    error.code = Code::usage;
    error.detail = "yt-dlp is not installed";
    return std::move(error).with_remedy(
        "`pip install yt-dlp==2026.10.26`, and have it in PATH; in a source tree `./haul collect PLAN` "
        "installs it; then the same command goes on");
}

// What it said went wrong, as an error; its host is told of it.
Error complained(Web::Errand& errand, const std::string& said, const std::string& operation,
                 const std::string& subject) {
    Error error = ytdlp_error(said, operation, subject);
    const Complaint complaint = complaint_in(said);
    if (complaint == Complaint::throttle) error.retry_after = errand.throttled();
    if (complaint == Complaint::network) errand.failed();
    return error;
}

class YtdlpSource : public Source {
  public:
    YtdlpSource(const SourcePlan& plan, const SourceTools& tools)
        : urls_(plan.urls), accepts_terms_(plan.accept_terms), tools_(tools) {}

    [[nodiscard]] std::vector<std::string> searches() const override { return urls_; }
    [[nodiscard]] std::vector<std::string> would_ask() const override {
        std::vector<std::string> lines;
        lines.reserve(urls_.size());
        for (const std::string& url : urls_)
            lines.push_back("yt-dlp " + http::shown_url(url) + " (in pages)");
        return lines;
    }
    [[nodiscard]] Result<FoundPage> search(const std::string& which, const std::string& cursor,
                                           const std::stop_token& stop) override;
    // A search finds whole channels anyway.
    [[nodiscard]] Result<FoundPage> list_channel(const Candidate&, const std::string&,
                                                 const std::stop_token&) override {
        FoundPage page;
        page.last = true;
        return page;
    }
    [[nodiscard]] Result<Candidate> describe(const Candidate& candidate,
                                             const std::stop_token& stop) override;
    [[nodiscard]] Result<Fetched> fetch(const Candidate& candidate, const FetchTo& to,
                                        const std::stop_token& stop) override;

  private:
    [[nodiscard]] Result<json::Value> ask(const std::string& operation, const std::string& url,
                                          const std::vector<std::string>& words, const std::stop_token& stop);
    [[nodiscard]] Result<json::Value> ask_of_item(const std::string& operation, const Candidate& candidate,
                                                  const std::stop_token& stop) {
        return ask(operation, candidate.page, {"--no-playlist", "-f", kFormat}, stop);
    }
    [[nodiscard]] Status check(const std::string& url) const;
    [[nodiscard]] Status check_terms(bool youtube, const std::string& subject) const;

    const std::vector<std::string> urls_;
    const bool accepts_terms_;
    const SourceTools tools_;
};

Status YtdlpSource::check_terms(bool youtube, const std::string& subject) const {
    if (!youtube || accepts_terms_) return {};
    return failure(terms_not_accepted("YouTube", subject));
}

Status YtdlpSource::check(const std::string& url) const {
    if (!http::parse_url(url))
        return failure(Code::unsupported, "ask", http::shown_url(url), "it is no http or https address");
    return check_terms(is_youtube(url), http::shown_url(url));
}

Result<json::Value> YtdlpSource::ask(const std::string& operation, const std::string& url,
                                     const std::vector<std::string>& words, const std::stop_token& stop) {
    TRY(check(url));
    auto errand = TRY(tools_.web.begin_errand(url, stop));
    const std::string subject = http::shown_url(url);
    process::Command command = command_for(tools_, url, words);
    command.environment = errand.environment();
    const auto finished = process::run(command, stop);
    if (!finished) return failure(not_run(Error(finished.error()), operation, subject));
    if (finished->exit_code != 0) return failure(complained(errand, finished->errors, operation, subject));
    errand.answered();
    if (finished->truncated)
        return failure(Code::corrupt, operation, subject, "yt-dlp writes more than 64 MiB about it");
    json::Value info = TRY(json::parse(finished->output, subject));
    TRY(check_terms(is_youtube(info), subject));
    return info;
}

Result<FoundPage> YtdlpSource::search(const std::string& which, const std::string& cursor,
                                      const std::stop_token& stop) {
    if (std::ranges::find(urls_, which) == urls_.end())
        return failure(Code::usage, "list", which, "this source has no such search");
    const auto start = text::whole_number<std::size_t>(cursor).value_or(1);
    const json::Value info = TRY(ask(
        "list", which, {"--flat-playlist", "-I", fmt::format("{}:{}", start, start + kPageSize - 1)}, stop));
    return found_in(info, which, start, kPageSize);
}

Result<Candidate> YtdlpSource::describe(const Candidate& candidate, const std::stop_token& stop) {
    const json::Value info = TRY(ask_of_item("describe", candidate, stop));
    Candidate made = described(info, candidate);
    const DirectMedia media = TRY(direct_media(info, http::shown_url(candidate.page)));
    // The media's own address does not hold for long: it is asked for again when it is fetched.
    made.media = candidate.page;
    if (media.size) made.size = media.size;
    return made;
}

Result<Fetched> YtdlpSource::fetch(const Candidate& candidate, const FetchTo& to,
                                   const std::stop_token& stop) {
    const json::Value info = TRY(ask_of_item("fetch", candidate, stop));
    const DirectMedia media = TRY(direct_media(info, http::shown_url(candidate.page)));
    Fetched fetched = TRY(
        tools_.web.fetch({.url = media.url, .size = media.size, .duration = candidate.duration}, to, stop));
    if (fetched.extension.empty()) fetched.extension = media.extension;
    return fetched;
}

}  // namespace

Result<std::unique_ptr<Source>> make_ytdlp(const SourcePlan& plan, const SourceTools& tools) {
    for (const std::string& url : plan.urls) {
        if (!http::parse_url(url))
            return failure(
                Code::usage, "read", "plan",
                fmt::format("line {}: {} is no http or https address", plan.line, http::shown_url(url)));
        if (is_youtube(url) && !plan.accept_terms)
            return failure(
                make_error(Code::usage, "read", "plan",
                           fmt::format("line {}: {} lies with YouTube, whose terms have to be accepted",
                                       plan.line, http::shown_url(url)))
                    .with_remedy("read them, and say accept_terms = true in this [[source]]"));
    }
    return std::unique_ptr<Source>(std::make_unique<YtdlpSource>(plan, tools));
}

}  // namespace haul::collect
