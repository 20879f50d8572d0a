// Where media items are found. A source pages through what it has, describes an item, and fetches it; it
// holds no state between calls but connections. Thread-safe: many workers ask one source at once.
//
// Errors mean, for whoever calls: not_found, denied, unsupported, corrupt: this item is not to be had, and
// never will be as things are; unavailable, timed_out: not now (retry_after says when), and no verdict on the
// item; no_space: of the local disk. A new source is a folder here and a line in catalogue.cc.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "flow/collect/item/item.h"
#include "flow/collect/plan/plan.h"
#include "flow/collect/web/web.h"

namespace haul::collect {

struct FoundPage {
    std::vector<Candidate> candidates{};
    std::string cursor{};  // goes on behind this page, also in another process
    bool last = false;
    // What stood there and is no candidate, with its place and reason: said, never silent.
    std::vector<std::string> passed_over{};
};

class Source {
  public:
    virtual ~Source() = default;

    // Each is paged through by itself; texts that a person recognises. The same plan gives the same ones.
    [[nodiscard]] virtual std::vector<std::string> searches() const = 0;
    // For --dry-run: what would be asked of whom, a line each.
    [[nodiscard]] virtual std::vector<std::string> would_ask() const = 0;

    // `cursor`: of the page before; empty: the first.
    [[nodiscard]] virtual Result<FoundPage> search(const std::string& which, const std::string& cursor,
                                                   const std::stop_token& stop) = 0;
    // All items of one's channel, found by the search or not. A source whose searches find whole channels
    // anyway gives an empty last page.
    [[nodiscard]] virtual Result<FoundPage> list_channel(const Candidate& of, const std::string& cursor,
                                                         const std::stop_token& stop) = 0;
    // The same candidate with all that can be known of it before it is fetched, media above all.
    [[nodiscard]] virtual Result<Candidate> describe(const Candidate& candidate,
                                                     const std::stop_token& stop) = 0;
    // What the plan itself says of its items, as it says it now, such as their licence; asks nobody. Sources
    // that say it of their items themselves change nothing.
    virtual void take_from_plan(Candidate& candidate) const { static_cast<void>(candidate); }
    // Fetches a described item.
    [[nodiscard]] virtual Result<Fetched> fetch(const Candidate& candidate, const FetchTo& to,
                                                const std::stop_token& stop) = 0;
};

// What sources are made with. Outlives them.
struct SourceTools {
    Web& web;
    std::string scratch;  // a folder of ours on this machine, for what a source needs while it works
    std::string user_agent{"haul"};
    std::string ytdlp{"yt-dlp"};  // the program: a path, or a name in PATH
};

// Code::usage names line and kind where such a source is not built yet, or what the plan has to say for it.
// Asks nobody and makes nothing.
[[nodiscard]] Result<std::unique_ptr<Source>> make_source(const SourcePlan& plan, const SourceTools& tools);

}  // namespace haul::collect
