// The web as a polite guest: every request of a collect goes through here.
//
//  - No connection to private, loopback, link-local or otherwise not public addresses unless allowed: checked
//    on the address that a name was resolved to, at each connection, and so at each redirect.
//  - Redirects are followed, at most 10, http and https only; from https to http is refused.
//  - A host gets at most `per_host` requests at once and `requests_per_second` begun, first come, first
//    served. 429 and 503 close the host for everybody until Retry-After (else 5 s, doubling, at most 5 min)
//    has passed: a call that would have to wait longer than 2 s for that returns at once.
//  - An honest user agent: "haul/VERSION (+CONTACT)". robots.txt (RFC 9309) is respected where `robots` is
//    asked for, and for errands.
//  - Limits of size, time and silence on everything.
//  - http_proxy, https_proxy and no_proxy hold. Behind a proxy we see its address, not the host's: then only
//    what stands in the URL is checked, numbers and localhost, and the proxy has to keep us out of its net.
//
// Errors: denied (forbidden address, 401, 403, robots, https to http), not_found (404, 410), corrupt (no http
// address, redirects without end, a page for media, a body too long, or cut twice at one place), unsupported
// (all other statuses), unavailable (429, 5xx, network; retry_after says how long its host stays closed),
// timed_out, interrupted, no_space and io (of the local file). Thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"

namespace haul::collect {

struct WebOptions {
    unsigned per_host = 2;
    double requests_per_second = 1.0;
    bool allow_private = false;
    std::string contact{};                           // in the user agent
    std::chrono::milliseconds longest{60 * 60'000};  // of one fetch
    std::string ca_file{};                           // PEM; empty: the system's
};

struct Ask {
    std::string url{};
    std::string accept{};  // header Accept; empty: none
    std::uint64_t most_bytes = 16U << 20U;
    bool robots = false;  // a plain page: its host's robots.txt decides first
    // What the host's own rules say, where that is less than WebOptions::requests_per_second.
    std::optional<double> requests_per_second{};
};
struct WebPage {
    std::string url{};   // the last, behind redirects
    std::string type{};  // media type in lower case, without parameters
    std::string body{};
};

// Where a fetched item goes: a file that the caller owns, and may have been begun before.
struct FetchTo {
    std::string path{};
    // Of what lies at `path` already, as an earlier fetch returned or reported it; empty: begin at 0.
    std::string validator{};
    // Called where the file begins anew, before bytes are written, with their validator; empty: what comes
    // cannot be resumed. An error of it ends the fetch.
    std::function<Status(const std::string& validator)> begun{};
    // Called before bytes are written: the file has `at`, and `more` come, as the server says, or as many
    // as it wants to send (nullopt; called again before each of their blocks). Likewise.
    std::function<Status(std::uint64_t at, std::optional<std::uint64_t> more)> room{};
    std::uint64_t most_bytes = 20ULL << 30U;
    // Only the beginning is wanted, about that many seconds of it (by the item's size and duration, where the
    // server gives ranges); none: all.
    std::optional<double> seconds{};
    std::function<void(std::uint64_t bytes)> progress{};  // received in this call, now and then
};
struct Fetched {
    std::uint64_t bytes = 0;     // that `path` holds now
    std::uint64_t received = 0;  // of these in this call
    bool whole = true;
    std::string validator{};
    std::string type{};       // as the server says; empty: it does not
    std::string extension{};  // without the dot, lower case, by URL or type: "mp3"
    std::string url{};        // the last, behind redirects
};

struct HostCount {
    std::uint64_t requests = 0, throttled = 0, failures = 0, bytes = 0;
    std::uint64_t waiting = 0;  // requests for their turn, now
};

// What every request of ours says of itself: "haul/VERSION (+CONTACT)".
[[nodiscard]] std::string user_agent_of(std::string contact);

class Web {
  public:
    explicit Web(const WebOptions& options);
    ~Web();
    Web(const Web&) = delete;
    Web& operator=(const Web&) = delete;

    [[nodiscard]] Result<WebPage> get(const Ask& ask, const std::stop_token& stop);
    // Resumed by Range and If-Range where `to` says that something is there and the server still has that
    // version; begun anew where not. A body that is cut is tried again from where it broke, while bytes come.
    // `size` and `duration`: as the source says, for the beginning alone.
    struct Media {
        std::string url{};
        std::optional<std::uint64_t> size{};
        std::optional<double> duration{};
    };
    [[nodiscard]] Result<Fetched> fetch(const Media& media, const FetchTo& to, const std::stop_token& stop);

    // A program of others that asks a page for us. It has its turn at the page's host, as one request, for as
    // long as this lives. What else it asks goes through a proxy of ours (gate/gate.h), which connects to no
    // address that we may not.
    class Errand {
      public:
        ~Errand();
        Errand(Errand&&) noexcept;
        Errand& operator=(Errand&&) = delete;
        // What its environment has to have for that, instead of what ours has under these names.
        [[nodiscard]] std::map<std::string, std::string> environment() const;
        // What the program says of the host, as for a request of ours. `throttled`: the host has enough of
        // us, and is closed for everybody; how long from now.
        void answered();
        void failed();
        [[nodiscard]] std::chrono::milliseconds throttled();

      private:
        friend class Web;
        struct State;
        explicit Errand(std::unique_ptr<State> state);
        std::unique_ptr<State> state_;
    };
    // Once the host's robots.txt allows that page and its turn has come. Code::denied: it forbids it.
    [[nodiscard]] Result<Errand> begin_errand(const std::string& url, const std::stop_token& stop);

    // By host, for reports and metrics.
    [[nodiscard]] std::map<std::string, HostCount> counts() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace haul::collect
