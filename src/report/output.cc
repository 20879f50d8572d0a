#include "report/output.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>

namespace haul::report {
namespace {

constexpr int kPatienceMs = 1000;

}  // namespace

void write_out(int fd, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(fd, text.data(), text.size());
        if (written > 0) {
            text.remove_prefix(static_cast<std::size_t>(written));
        } else if (written < 0 && errno == EAGAIN) {
            pollfd waiting{.fd = fd, .events = POLLOUT, .revents = 0};
            if (::poll(&waiting, 1, kPatienceMs) <= 0) return;
        } else if (written == 0 || errno != EINTR) {
            return;
        }
    }
}

}  // namespace haul::report
