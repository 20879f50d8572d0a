#include "speech/decode/wire.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/text.h"

namespace haul::speech::wire {
namespace {

bool right_length(Kind kind, std::size_t bytes) {
    switch (kind) {
        case Kind::ready:
            return bytes == 0;
        case Kind::not_ready:
            return bytes == sizeof(NotReady);
        case Kind::decode:
            return bytes == sizeof(Decode);
        case Kind::began:
            return bytes == sizeof(Began);
        case Kind::samples:
            return bytes > 0 && bytes % sizeof(float) == 0;
        case Kind::reading:
            return bytes == sizeof(Reading);
        case Kind::ended:
            return bytes == sizeof(Ended);
    }
    return false;
}

// The first descriptor that came along; any others, which nobody sends, are closed.
file::Fd take_file(::msghdr& message) {
    file::Fd taken;
    for (::cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
        if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
        const std::size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (std::size_t i = 0; i < count; ++i) {
            int number = -1;
            std::memcpy(&number, CMSG_DATA(part) + i * sizeof number, sizeof number);
            file::Fd one(number);
            if (!taken.valid()) taken = std::move(one);
        }
    }
    return taken;
}

}  // namespace

int send(int socket, Kind kind, std::span<const std::byte> body, int file) {
    std::array<::iovec, 2> parts = {::iovec{&kind, sizeof kind},
                                    ::iovec{const_cast<std::byte*>(body.data()), body.size()}};
    ::msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = parts.size();
    alignas(::cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    if (file >= 0) {
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        ::cmsghdr* part = CMSG_FIRSTHDR(&message);
        part->cmsg_level = SOL_SOCKET;
        part->cmsg_type = SCM_RIGHTS;
        part->cmsg_len = CMSG_LEN(sizeof file);
        std::memcpy(CMSG_DATA(part), &file, sizeof file);
    }
    while (::sendmsg(socket, &message, MSG_NOSIGNAL) < 0)
        if (errno != EINTR) return errno;
    return 0;
}

Received receive(int socket, Packet& into) {
    std::array<::iovec, 2> parts = {::iovec{&into.kind, sizeof into.kind},
                                    ::iovec{into.body.data(), into.body.size()}};
    alignas(::cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    ::msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = parts.size();
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    ::ssize_t got = 0;
    while ((got = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR) {
    }
    if (got <= 0) return Received::closed;
    into.file = take_file(message);
    const auto length = static_cast<std::size_t>(got);
    if (length < sizeof into.kind || (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0)
        return Received::nonsense;
    into.bytes = length - sizeof into.kind;
    const bool file_as_due = into.file.valid() == (into.kind == Kind::decode);
    return right_length(into.kind, into.bytes) && file_as_due ? Received::packet : Received::nonsense;
}

std::string text_of(std::span<const char> text) {
    const auto end = std::find(text.begin(), text.end(), '\0');
    return text::printable(std::string(text.begin(), end));
}

}  // namespace haul::speech::wire
