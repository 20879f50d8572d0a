// A proxy of our own on loopback, for programs that ask the web on our behalf: whatever they are led to, by a
// redirect, a page, or a name that changes, they reach no address but those that may be connected to. It
// looks names up and connects itself, so that what is checked is what is connected to.
//
// HTTP/1.1: CONNECT (RFC 9110, 9.3.6) and requests with an absolute address (RFC 9112, 3.2.2), one a
// connection. Where the environment names a proxy for a host (http/proxy.h), that one is asked instead, and
// looks names up: then only addresses that stand in the request as numbers are checked here.
//
// Whoever asks must know its password, so that nobody else on this machine can use it. Thread-safe. The
// destructor ends all connections.
#pragma once

#include <sys/socket.h>

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"

namespace haul::collect {

class Gate {
  public:
    using MayConnect = std::function<Status(const sockaddr&)>;
    // No limit on connections at once is known to be too low: programs that need more wait.
    static constexpr std::size_t kMostConnections = 256;

    [[nodiscard]] static Result<std::unique_ptr<Gate>> open(MayConnect may_connect);
    ~Gate();
    Gate(const Gate&) = delete;
    Gate& operator=(const Gate&) = delete;

    // "http://haul:PASSWORD@127.0.0.1:PORT", as programs read it from the variable http_proxy. Not for
    // command lines, which everybody can read.
    [[nodiscard]] const std::string& address() const;

  private:
    class Server;
    explicit Gate(std::unique_ptr<Server> server);
    std::unique_ptr<Server> server_;
};

}  // namespace haul::collect
