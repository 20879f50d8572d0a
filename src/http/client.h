// HTTP over libcurl's multi interface: batches of requests with many in flight, on connections that are kept.
//
// Each call of perform() runs its own loop on the calling thread; idle loops, and the connections in them,
// are kept for later calls. All calls of one Client share one window a host (window.h): how many requests may
// be in flight there. It grows while throughput grows and halves when the host throttles (429, 503). Nothing
// is tried again here, except that libcurl itself repeats a request whose kept connection turned out to be
// closed. Redirects are not followed. Thread-safe. No exception leaves; libcurl is initialised once.
#pragma once

#include <sys/socket.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>

#include "http/exchange.h"
#include "http/pulse.h"

namespace haul::http {

struct ClientOptions {
    unsigned connections = 0;  // most requests in flight a host; 0: adaptive, up to 256
    std::string user_agent = "haul";
    std::string ca_file = {};  // PEM; empty: AWS_CA_BUNDLE is the caller's business, else the system's
    std::chrono::milliseconds connect_timeout{10'000};
    // A request in which no byte moved for so long, either way, is given up: Code::unavailable, Retry::later.
    // Time in the queue does not count. Bytes that trickle are no silence. When the host showed no sign of
    // life for as long, those in the call's queue are not begun and end likewise: they would be silent too.
    std::chrono::milliseconds silence{30'000};
    std::chrono::milliseconds computed_silence{15 * 60'000};
    // Asked of every address before it is connected to, with the name resolved: an error, whose detail,
    // remedy and code are taken over, refuses it. Behind a proxy the address is the proxy's, and the
    // service's is not known here: then it is asked of what stands as a number in the URL, and of 127.0.0.1
    // for localhost.
    std::function<Status(const sockaddr& address)> may_connect = {};
};

// What a Client did so far, for reports and tests.
struct Traffic {
    std::uint64_t requests = 0;                        // sent, those that libcurl repeated not counted twice
    std::uint64_t failures = 0;                        // no answer, or 5xx, or 429
    std::uint64_t throttled = 0;                       // 429 and 503
    std::uint64_t bytes_sent = 0, bytes_received = 0;  // bodies
    unsigned window = 0;                               // as of now, the largest of all hosts
};

// Called right before a request is sent, so that a signature is fresh however long it waited. An error ends
// that exchange only.
using Prepare = std::function<Status(Request&)>;

class Client {
  public:
    explicit Client(ClientOptions options = {});
    ~Client();  // no call may be under way
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    // Ends when every exchange has its result. A requested stop ends those not done with Code::interrupted,
    // at once. Errors name method and URL without its query, and carry no header.
    void perform(std::span<Exchange> exchanges, const Prepare& prepare, const std::stop_token& stop);
    // One request.
    void perform(Exchange& exchange, const Prepare& prepare, const std::stop_token& stop) {
        perform(std::span(&exchange, 1), prepare, stop);
    }
    [[nodiscard]] Traffic traffic() const;
    // Of the origin of `url`, over all calls.
    [[nodiscard]] Life life(const std::string& url) const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace haul::http
