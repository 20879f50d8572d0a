// The address of a job's control socket, however long its folder's path is, and one JSON line over it.
#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include <string>

#include "base/file.h"
#include "base/result.h"

namespace haul::engine {

inline constexpr char kControlName[] = "control";
inline constexpr std::size_t kControlLineLimit = 1U << 20U;  // bytes of a request or an answer

// Names the socket through /proc/self/fd: sun_path holds 108 bytes, a folder's path may have 4096. Valid
// while `folder` is open.
struct ControlAddress {
    file::Fd folder;
    ::sockaddr_un address{};
    [[nodiscard]] const ::sockaddr* get() const { return reinterpret_cast<const ::sockaddr*>(&address); }
};
[[nodiscard]] Result<ControlAddress> control_address(const std::string& folder);

// A close-on-exec, non-blocking stream socket.
[[nodiscard]] Result<file::Fd> control_socket(const std::string& folder);

}  // namespace haul::engine
