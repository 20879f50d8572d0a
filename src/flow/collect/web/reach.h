// One request of a guest and those behind its redirects: host's turns, checks of each hop, and what statuses
// mean. What Web's calls are made of. Thread-safe.
#pragma once

#include <sys/socket.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "flow/collect/web/hosts.h"
#include "flow/collect/web/web.h"
#include "http/client.h"
#include "http/url.h"

namespace haul::collect {

struct Call {
    std::string url{};
    std::vector<http::Header> headers{};
    std::optional<double> requests_per_second{};
    clock::Nanoseconds deadline{};  // boot time
    // Of each hop before it is asked.
    std::function<Status(const http::Url&)> before{};
    // Of a 200 or 206, and of each status in `also`: its head, then its bytes.
    http::Take take{};
    int also = 0;
};
struct Reached {
    std::string url{};
    http::Answer head{};
};

// Asked before every connection: whether it may be made.
[[nodiscard]] std::function<Status(const sockaddr&)> guard_of(const WebOptions& options);

class Guest {
  public:
    explicit Guest(const WebOptions& options);
    // Any other status is an error (web.h).
    [[nodiscard]] Result<Reached> reach(const Call& call, const std::stop_token& stop);
    [[nodiscard]] const WebOptions& options() const { return options_; }
    [[nodiscard]] Hosts& hosts() { return hosts_; }

  private:
    [[nodiscard]] Result<http::Answer> ask(const http::Url& url, const Call& call,
                                           std::optional<Hosts::Turn>& turn, const std::stop_token& stop);
    // What an answer that is no success means.
    [[nodiscard]] Error judge(const http::Url& url, const http::Answer& answer);

    const WebOptions options_;
    Hosts hosts_;
    http::Client client_;
};

}  // namespace haul::collect
