// Connections of the gate.
#pragma once

#include <sys/socket.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>

#include "base/file.h"
#include "base/result.h"

namespace haul::collect::gate {

// The first address of the host that may be connected to and takes the connection; not blocking. `host`: a
// name or numbers, as http::Url has it. Errors: what `may_connect` says where it allows none; unavailable;
// interrupted.
[[nodiscard]] Result<file::Fd> connect_to(const std::string& host, std::uint16_t port,
                                          const std::function<Status(const sockaddr&)>& may_connect,
                                          const std::stop_token& stop);

// Waits until one of `events` (poll) is there. Code::timed_out, interrupted.
[[nodiscard]] Status wait_for(int socket, short events, std::chrono::milliseconds longest,
                              const std::stop_token& stop);

}  // namespace haul::collect::gate
