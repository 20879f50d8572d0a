#include "engine/control_socket.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

namespace haul::engine {

Result<ControlAddress> control_address(const std::string& folder) {
    ControlAddress made;
    made.folder = TRY(file::open_folder(folder));
    const std::string path = fmt::format("/proc/self/fd/{}/{}", made.folder.get(), kControlName);
    made.address.sun_family = AF_UNIX;
    std::memcpy(made.address.sun_path, path.c_str(), path.size() + 1);
    return made;
}

Result<file::Fd> control_socket(const std::string& folder) {
    file::Fd made(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!made.valid()) return failure(os_error(errno, "make control socket in", folder));
    return made;
}

}  // namespace haul::engine
