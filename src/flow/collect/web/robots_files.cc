#include "flow/collect/web/robots_files.h"

#include <fmt/format.h>

#include "http/address.h"

namespace haul::collect {
namespace {

constexpr std::chrono::hours kKept{1};
constexpr std::chrono::seconds kFailureKept{60};
constexpr std::size_t kMost = std::size_t{512} << 10U;  // RFC 9309, 2.5: at least 500 KiB
constexpr std::string_view kAgent = "haul";

}  // namespace

Result<Robots> RobotsFiles::read(const http::Url& url, clock::Nanoseconds deadline,
                                 const std::stop_token& stop) {
    std::string text;
    const Call call{.url = fmt::format("{}://{}/robots.txt", url.scheme, url.authority()),
                    .deadline = deadline,
                    .take = [&text](const http::Answer&, std::span<const std::byte> bytes) -> Result<bool> {
                        text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
                        return text.size() < kMost;
                    }};
    const auto reached = guest_.reach(call, stop);
    if (reached) return Robots::parse(std::string_view(text).substr(0, kMost), kAgent);
    switch (reached.error().code) {
        case Code::not_found:
        case Code::denied:
        case Code::unsupported:  // all of 4xx but 429
        case Code::corrupt:      // redirects without end: "unavailable" in the words of RFC 9309
            return Robots();
        default:
            return failure(reached.error());
    }
}

Status RobotsFiles::check(const http::Url& url, clock::Nanoseconds deadline, const std::stop_token& stop) {
    const std::string origin = fmt::format("{}://{}", url.scheme, url.authority());
    std::unique_lock hold(lock_);
    File& file = files_[origin];
    changed_.wait(hold, stop, [&file] { return !file.reading; });
    if (stop.stop_requested()) return failure(Code::interrupted, "ask", origin, "stopped on request");
    if (!file.until || clock::boot() >= *file.until) {
        file.reading = true;
        hold.unlock();
        auto robots = read(url, deadline, stop);
        hold.lock();
        file.reading = false;
        changed_.notify_all();
        const bool stopped = !robots && robots.error().code == Code::interrupted;
        if (!stopped) file.until = clock::boot() + (robots ? clock::Nanoseconds(kKept) : kFailureKept);
        file.robots = std::move(robots);
    }
    if (!file.robots) {
        Error error = file.robots.error();
        if (error.code != Code::interrupted) {
            error.code = Code::unavailable;
            error.retry = Retry::later;
        }
        return failure(std::move(error).within("look at robots.txt of", origin));
    }
    const auto rule = file.robots->forbidden_by(url.target);
    if (!rule) return {};
    return failure(
        make_error(Code::denied, "GET", http::shown_url(url.text),
                   fmt::format("the host's robots.txt forbids it (Disallow: {})", *rule))
            .with_remedy("it is left alone: ask whoever runs the site for leave, or for its feed"));
}

}  // namespace haul::collect
