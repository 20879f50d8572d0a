#include "store/local/attributes.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/error.h"

namespace haul::store::local {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

std::array<struct ::timespec, 2> times_of(std::int64_t mtime_ns) {
    std::int64_t seconds = mtime_ns / kSecond;
    std::int64_t rest = mtime_ns % kSecond;
    if (rest < 0) {
        rest += kSecond;
        seconds -= 1;
    }
    std::array<struct ::timespec, 2> times{};
    times[0].tv_nsec = UTIME_OMIT;
    times[1].tv_sec = seconds;
    times[1].tv_nsec = rest;
    return times;
}

bool has_owner(const Attributes& attributes) {
    return attributes.uid.has_value() || attributes.gid.has_value();
}
::uid_t user_of(const Attributes& attributes) { return attributes.uid.value_or(static_cast<::uid_t>(-1)); }
::gid_t group_of(const Attributes& attributes) { return attributes.gid.value_or(static_cast<::gid_t>(-1)); }

// Folders that may not be read are open by O_PATH only, and calls on such a descriptor itself are refused
// with EBADF; its name in /proc stands for what it was opened on.
std::string name_in_proc(int fd) { return "/proc/self/fd/" + std::to_string(fd); }

int change_owner(int fd, ::uid_t user, ::gid_t group) {
    if (::fchown(fd, user, group) == 0) return 0;
    return errno == EBADF ? ::fchownat(fd, "", user, group, AT_EMPTY_PATH) : -1;
}
int change_mode(int fd, ::mode_t mode) {
    if (::fchmod(fd, mode) == 0) return 0;
    return errno == EBADF ? ::chmod(name_in_proc(fd).c_str(), mode) : -1;
}
int change_times(int fd, const std::array<struct ::timespec, 2>& times) {
    if (::futimens(fd, times.data()) == 0) return 0;
    return errno == EBADF ? ::utimensat(AT_FDCWD, name_in_proc(fd).c_str(), times.data(), 0) : -1;
}

}  // namespace

Status set_attributes(int fd, const Attributes& attributes, const std::string& subject) {
    // Before the mode: a new owner drops setuid and setgid bits.
    if (has_owner(attributes) && change_owner(fd, user_of(attributes), group_of(attributes)) != 0) {
        return failure(os_error(errno, "set owner of", subject));
    }
    if (attributes.mode && change_mode(fd, *attributes.mode & 07777U) != 0) {
        return failure(os_error(errno, "set mode of", subject));
    }
    if (attributes.mtime_ns && change_times(fd, times_of(*attributes.mtime_ns)) != 0) {
        return failure(os_error(errno, "set time of", subject));
    }
    return {};
}

Result<struct ::stat> set_new_attributes(int fd, const Attributes& attributes, const std::string& subject) {
    Attributes others;
    others.mtime_ns = attributes.mtime_ns;
    others.uid = attributes.uid;
    others.gid = attributes.gid;
    TRY(set_attributes(fd, others, subject));
    struct ::stat status{};
    if (::fstat(fd, &status) != 0) return failure(os_error(errno, "look at", subject));
    if (!attributes.mode || (status.st_mode & 07777U) == (*attributes.mode & 07777U)) return status;
    TRY(set_attributes(fd, attributes, subject));
    if (::fstat(fd, &status) != 0) return failure(os_error(errno, "look at", subject));
    return status;
}

Status set_link_attributes(int folder, const std::string& leaf, const Attributes& attributes,
                           const std::string& subject) {
    if (has_owner(attributes) && ::fchownat(folder, leaf.c_str(), user_of(attributes), group_of(attributes),
                                            AT_SYMLINK_NOFOLLOW) != 0) {
        return failure(os_error(errno, "set owner of", subject));
    }
    if (attributes.mtime_ns &&
        ::utimensat(folder, leaf.c_str(), times_of(*attributes.mtime_ns).data(), AT_SYMLINK_NOFOLLOW) != 0) {
        return failure(os_error(errno, "set time of", subject));
    }
    return {};
}

}  // namespace haul::store::local
