#include "flow/collect/web/web.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <utility>

#include "flow/collect/gate/gate.h"
#include "flow/collect/web/download.h"
#include "flow/collect/web/hosts.h"
#include "flow/collect/web/media_type.h"
#include "flow/collect/web/reach.h"
#include "flow/collect/web/robots_files.h"
#include "http/address.h"
#include "http/url.h"

namespace haul::collect {

struct Web::State {
    explicit State(const WebOptions& options) : guest(options), robots(guest) {}
    Guest guest;
    RobotsFiles robots;
    std::mutex lock{};
    std::unique_ptr<Gate> gate{};  // once the first errand is run

    [[nodiscard]] Result<std::string> gate_address() {
        const std::scoped_lock hold(lock);
        if (!gate) gate = TRY(Gate::open(guard_of(guest.options())));
        return gate->address();
    }
    [[nodiscard]] clock::Nanoseconds deadline() const { return clock::boot() + guest.options().longest; }
};

Web::Web(const WebOptions& options) : state_(std::make_unique<State>(options)) {}
Web::~Web() = default;

Result<WebPage> Web::get(const Ask& ask, const std::stop_token& stop) {
    WebPage page;
    const auto deadline = state_->deadline();
    const double usual = state_->guest.options().requests_per_second;
    Call call{.url = ask.url,
              .requests_per_second = std::min(ask.requests_per_second.value_or(usual), usual),
              .deadline = deadline,
              .take = [&](const http::Answer& head, std::span<const std::byte> bytes) -> Result<bool> {
                  const auto bad = [&](std::string detail) {
                      return failure(Code::corrupt, "GET", http::shown_url(ask.url), std::move(detail));
                  };
                  if (head.status != 200) return bad("a part where the whole was asked for");
                  if (const auto unread = unread_coding(head)) return bad(*unread);
                  if (bytes.size() > ask.most_bytes - page.body.size())
                      return bad(fmt::format("longer than {} bytes", ask.most_bytes));
                  page.body.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
                  return true;
              }};
    if (!ask.accept.empty()) call.headers.push_back({"Accept", ask.accept});
    if (ask.robots)
        call.before = [&](const http::Url& url) { return state_->robots.check(url, deadline, stop); };
    const Reached reached = TRY(state_->guest.reach(call, stop));
    page.url = reached.url;
    page.type = media_type_of(reached.head.header("content-type"));
    return page;
}

Result<Fetched> Web::fetch(const Media& media, const FetchTo& to, const std::stop_token& stop) {
    Download download(state_->guest, media, to, state_->deadline());
    return download.run(stop);
}

struct Web::Errand::State {
    Hosts& hosts;
    std::string host, gate;
    Hosts::Turn turn;
};

Web::Errand::Errand(std::unique_ptr<State> state) : state_(std::move(state)) {}
Web::Errand::~Errand() = default;
Web::Errand::Errand(Errand&&) noexcept = default;

std::map<std::string, std::string> Web::Errand::environment() const {
    std::map<std::string, std::string> variables = {{"no_proxy", ""}, {"NO_PROXY", ""}};
    for (const char* name :
         {"http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"})
        variables.emplace(name, state_->gate);
    return variables;
}
void Web::Errand::answered() { state_->hosts.answered(state_->host); }
void Web::Errand::failed() { state_->hosts.failed(state_->host); }
std::chrono::milliseconds Web::Errand::throttled() {
    return std::chrono::ceil<std::chrono::milliseconds>(state_->hosts.throttled(state_->host, std::nullopt));
}

Result<Web::Errand> Web::begin_errand(const std::string& url, const std::stop_token& stop) {
    const auto parsed = http::parse_url(url);
    if (!parsed)
        return failure(Code::corrupt, "ask", http::shown_url(url), "this is no http or https address");
    // Before its turn: reading it takes one, too.
    TRY(state_->robots.check(*parsed, state_->deadline(), stop));
    Hosts& hosts = state_->guest.hosts();
    const std::string host = parsed->authority();
    const std::string gate = TRY(state_->gate_address());
    auto turn = TRY(hosts.take(host, std::nullopt, stop));
    return Errand(std::make_unique<Errand::State>(hosts, host, gate, std::move(turn)));
}

std::map<std::string, HostCount> Web::counts() const { return state_->guest.hosts().counts(); }

}  // namespace haul::collect
