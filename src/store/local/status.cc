#include "store/local/status.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <iterator>
#include <limits>
#include <utility>

namespace haul::store::local {
namespace {

std::int64_t nanoseconds(const struct ::timespec& time) {
    // Times that 64 bits of nanoseconds do not reach (before 1678, after 2262) count as the nearest they
    // reach.
    constexpr std::int64_t kSecond = 1'000'000'000,
                           kMost = std::numeric_limits<std::int64_t>::max() / kSecond - 1;
    if (time.tv_sec > kMost) return std::numeric_limits<std::int64_t>::max();
    if (time.tv_sec < -kMost) return std::numeric_limits<std::int64_t>::min();
    return static_cast<std::int64_t>(time.tv_sec) * kSecond + time.tv_nsec;
}

}  // namespace

std::int64_t mtime_ns(const struct ::stat& status) { return nanoseconds(status.st_mtim); }
std::int64_t ctime_ns(const struct ::stat& status) { return nanoseconds(status.st_ctim); }

Version weak_version(const struct ::stat& status) {
    return Version{fmt::format("s{}-m{}", status.st_size, mtime_ns(status))};
}

Version strong_version(const struct ::stat& status) {
    return Version{
        fmt::format("s{}-m{}-i{}-c{}", status.st_size, mtime_ns(status), status.st_ino, ctime_ns(status))};
}

bool matches(const Version& condition, const struct ::stat& status) {
    if (condition.tag.empty()) return true;
    const bool strong = condition.tag.find("-i") != std::string::npos;
    fmt::basic_memory_buffer<char, 128> tag;
    fmt::format_to(std::back_inserter(tag), "s{}-m{}", status.st_size, mtime_ns(status));
    if (strong) fmt::format_to(std::back_inserter(tag), "-i{}-c{}", status.st_ino, ctime_ns(status));
    return condition.tag == std::string_view(tag.data(), tag.size());
}

bool same_content(const struct ::stat& before, const struct ::stat& after) {
    return before.st_size == after.st_size && before.st_ino == after.st_ino &&
           before.st_dev == after.st_dev && mtime_ns(before) == mtime_ns(after) &&
           ctime_ns(before) == ctime_ns(after);
}

Kind kind_of(const struct ::stat& status) {
    if (S_ISREG(status.st_mode)) return Kind::file;
    if (S_ISDIR(status.st_mode)) return Kind::folder;
    if (S_ISLNK(status.st_mode)) return Kind::symlink;
    return Kind::other;
}

Attributes attributes_of(const struct ::stat& status) {
    Attributes attributes;
    attributes.mtime_ns = mtime_ns(status);
    attributes.mode = static_cast<std::uint32_t>(status.st_mode & 07777U);
    attributes.uid = status.st_uid;
    attributes.gid = status.st_gid;
    return attributes;
}

Object object_of(std::string name, const struct ::stat& status) {
    Object object;
    object.name = std::move(name);
    object.kind = kind_of(status);
    object.attributes = attributes_of(status);
    if (object.kind == Kind::file) {
        object.size = static_cast<std::uint64_t>(status.st_size);
        object.version = weak_version(status);
    }
    return object;
}

Result<std::string> read_target(int folder, const std::string& leaf, const std::string& subject) {
    std::string target(256, '\0');
    for (;;) {
        const ::ssize_t got = ::readlinkat(folder, leaf.c_str(), target.data(), target.size());
        if (got < 0) return failure(path_error(errno, "read link", subject));
        if (static_cast<std::size_t>(got) < target.size()) {
            target.resize(static_cast<std::size_t>(got));
            return target;
        }
        target.resize(target.size() * 2);
    }
}

Error path_error(int errno_value, std::string operation, std::string subject) {
    Error error = os_error(errno_value, std::move(operation), std::move(subject));
    switch (errno_value) {
        case ELOOP:
        case EXDEV:
            error.code = Code::denied;
            error.detail = "a symlink is in the way, and it is not followed";
            error.remedy = "replace the symlink by a folder, or give the place that it points to";
            break;
        case ENOTDIR:
            error.detail = "a file is in the way where a folder is needed";
            break;
        case EISDIR:
            error.code = Code::exists;
            error.detail = "a folder is in the way where a file is needed";
            break;
        case ENAMETOOLONG:
            error.code = Code::unsupported;
            error.detail = "an element of the name is longer than this file system allows";
            break;
        default:
            break;
    }
    return error;
}

}  // namespace haul::store::local
