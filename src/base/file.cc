#include "base/file.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace haul::file {
namespace {

// Calls again while a signal interrupts. Never for close and fsync, which may not be repeated.
template <class Call>
auto uninterrupted(Call call) {
    auto result = call();
    while (result < 0 && errno == EINTR) result = call();
    return result;
}

std::unexpected<Error> failed(std::string_view operation, std::string_view subject) {
    return failure(os_error(errno, std::string(operation), std::string(subject)));
}

bool has_parent_element(std::string_view path) {
    while (true) {
        const std::size_t slash = path.find('/');
        if (path.substr(0, slash) == "..") return true;
        if (slash == std::string_view::npos) return false;
        path.remove_prefix(slash + 1);
    }
}

// The kernel answers EAGAIN when a rename elsewhere made it unsure whether the path stayed beneath.
int openat2_beneath(int root, const std::string& path, const ::open_how& how) {
    constexpr int kTries = 1000;
    int fd = -1;
    for (int i = 0; i < kTries; ++i) {
        fd = static_cast<int>(::syscall(SYS_openat2, root, path.c_str(), &how, sizeof how));
        if (fd >= 0 || (errno != EAGAIN && errno != EINTR)) break;
    }
    return fd;
}

}  // namespace

Fd::~Fd() {
    if (fd_ >= 0) ::close(fd_);
}

Fd& Fd::operator=(Fd&& other) noexcept {
    if (this != &other) {
        if (fd_ >= 0) ::close(fd_);
        fd_ = other.release();
    }
    return *this;
}

Status Fd::close(std::string_view subject) {
    const int fd = release();
    // After EINTR Linux has closed the descriptor all the same.
    if (fd >= 0 && ::close(fd) != 0 && errno != EINTR) return failed("close", subject);
    return {};
}

Result<Fd> open_folder(const std::string& path) { return open_at(AT_FDCWD, path, O_RDONLY | O_DIRECTORY); }

Result<Fd> open_at(int folder, const std::string& path, int flags, mode_t mode) {
    const int fd = uninterrupted([&] { return ::openat(folder, path.c_str(), flags | O_CLOEXEC, mode); });
    if (fd < 0) return failed("open", path);
    return Fd(fd);
}

Result<Fd> open_beneath(int root, const std::string& path, int flags, mode_t mode) {
    // RESOLVE_BENEATH alone would let "a/../b" pass.
    if (path.starts_with('/') || has_parent_element(path)) {
        return failure(Code::denied, "open", path, "the path may not be absolute or contain \"..\"");
    }
    ::open_how how{};
    how.flags = static_cast<std::uint64_t>(static_cast<unsigned>(flags | O_CLOEXEC));
    // The kernel refuses a mode where nothing can be made.
    if ((flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE) how.mode = mode;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
    const int fd = openat2_beneath(root, path, how);
    if (fd >= 0) return Fd(fd);
    Error error = os_error(errno, "open", path);
    if (error.os_error == ELOOP || error.os_error == EXDEV) {
        error.code = Code::denied;
        error.detail = "a symlink is in the path, or it leads outside";
    }
    return failure(std::move(error));
}

Result<Fd> open_in(int root, const std::string& path, int flags, mode_t mode) {
    return root == AT_FDCWD ? open_at(root, path, flags, mode) : open_beneath(root, path, flags, mode);
}

Result<struct ::stat> stat_of(const Fd& fd, std::string_view subject) {
    struct ::stat info{};
    if (::fstat(fd.get(), &info) != 0) return failed("stat", subject);
    return info;
}

Result<struct ::stat> stat_at(int folder, const std::string& path, bool follow_symlinks) {
    struct ::stat info{};
    if (::fstatat(folder, path.c_str(), &info, follow_symlinks ? 0 : AT_SYMLINK_NOFOLLOW) != 0)
        return failed("stat", path);
    return info;
}

Status read_exact(int fd, std::span<std::byte> into, std::uint64_t offset, std::string_view subject) {
    while (!into.empty()) {
        const ::ssize_t got = uninterrupted(
            [&] { return ::pread(fd, into.data(), into.size(), static_cast<::off_t>(offset)); });
        if (got < 0) return failed("read", subject);
        if (got == 0)
            return failure(Code::changed, "read", std::string(subject), "it is shorter than it was");
        into = into.subspan(static_cast<std::size_t>(got));
        offset += static_cast<std::uint64_t>(got);
    }
    return {};
}

Status write_all(int fd, std::span<const std::byte> bytes, std::uint64_t offset, std::string_view subject) {
    // A write of megabytes takes its pages from the page cache as large folios, for which a kernel goes to
    // memory it has not used yet; a virtual machine's host gives that page by page. Small blocks were 2.5
    // times faster there.
    constexpr std::size_t kBlock = 128U << 10U;
    while (!bytes.empty()) {
        const std::size_t block = std::min(bytes.size(), kBlock);
        const ::ssize_t put =
            uninterrupted([&] { return ::pwrite(fd, bytes.data(), block, static_cast<::off_t>(offset)); });
        if (put < 0) return failed("write", subject);
        bytes = bytes.subspan(static_cast<std::size_t>(put));
        offset += static_cast<std::uint64_t>(put);
    }
    return {};
}

Status append_all(int fd, std::span<const std::byte> bytes, std::string_view subject) {
    while (!bytes.empty()) {
        const ::ssize_t put = uninterrupted([&] { return ::write(fd, bytes.data(), bytes.size()); });
        if (put < 0) return failed("write", subject);
        bytes = bytes.subspan(static_cast<std::size_t>(put));
    }
    return {};
}

Result<std::string> read_whole(const std::string& path, std::uint64_t limit) {
    constexpr std::uint64_t kChunk = 64U << 10U;
    const Fd fd = TRY(open_at(AT_FDCWD, path, O_RDONLY));
    const struct ::stat info = TRY(stat_of(fd, path));
    std::string text;
    // The size is a hint only: files of /proc say 0, others grow. One byte more, to see the end in one read.
    std::uint64_t room = std::min(limit, static_cast<std::uint64_t>(info.st_size)) + 1;
    while (true) {
        const std::size_t before = text.size();
        text.resize(before + room);
        const ::ssize_t got = uninterrupted([&] { return ::read(fd.get(), text.data() + before, room); });
        if (got < 0) return failed("read", path);
        text.resize(before + static_cast<std::size_t>(got));
        if (got == 0) return text;
        if (text.size() > limit)
            return failure(Code::corrupt, "read", path, "it is longer than allowed here");
        room = std::min(kChunk, limit - text.size() + 1);
    }
}

Status sync_file(int fd, std::string_view subject) {
    if (::fsync(fd) != 0) return failed("sync", subject);
    return {};
}

Status sync_data(int fd, std::string_view subject) {
    if (::fdatasync(fd) != 0) return failed("sync", subject);
    return {};
}

Status sync_folder(int root, const std::string& path) {
    const Fd folder = TRY(open_in(root, path, O_RDONLY | O_DIRECTORY));
    return sync_file(folder.get(), path);
}

Status sync_file_system(int fd, std::string_view subject) {
    if (::syncfs(fd) != 0) return failed("sync the file system of", subject);
    return {};
}

Status preallocate(int fd, std::uint64_t size, std::string_view subject) {
    if (size == 0) return {};
    const int result = uninterrupted([&] { return ::fallocate(fd, 0, 0, static_cast<::off_t>(size)); });
    if (result == 0) return {};
    if (errno == EOPNOTSUPP || errno == ENOSYS) return set_length(fd, size, subject);
    return failed("reserve space for", subject);
}

Status set_length(int fd, std::uint64_t size, std::string_view subject) {
    if (uninterrupted([&] { return ::ftruncate(fd, static_cast<::off_t>(size)); }) != 0)
        return failed("set the length of", subject);
    return {};
}

Status rename_at(int from_root, const std::string& from, int to_root, const std::string& to,
                 bool create_only) {
    const unsigned flags = create_only ? RENAME_NOREPLACE : 0U;
    if (::renameat2(from_root, from.c_str(), to_root, to.c_str(), flags) == 0) return {};
    if (errno != EINVAL || !create_only) return failed("rename " + from + " to", to);
    // Some network file systems have no RENAME_NOREPLACE; a hard link is create-only everywhere.
    if (::linkat(from_root, from.c_str(), to_root, to.c_str(), 0) != 0)
        return failed("link " + from + " to", to);
    return unlink_at(from_root, from);
}

Status unlink_at(int root, const std::string& path) {
    if (::unlinkat(root, path.c_str(), 0) != 0) return failed("remove", path);
    return {};
}

Status remove_folder_at(int root, const std::string& path) {
    if (::unlinkat(root, path.c_str(), AT_REMOVEDIR) != 0) return failed("remove folder", path);
    return {};
}

Result<std::uint64_t> free_bytes(int fd) {
    struct ::statvfs info{};
    if (::fstatvfs(fd, &info) != 0) return failed("ask for the free space of", "file system");
    return static_cast<std::uint64_t>(info.f_bavail) * info.f_frsize;
}

Result<Fd> lock(const std::string& path) {
    Fd fd = TRY(open_at(AT_FDCWD, path, O_RDWR | O_CREAT));
    if (uninterrupted([&] { return ::flock(fd.get(), LOCK_EX | LOCK_NB); }) == 0) return fd;
    if (errno == EWOULDBLOCK) return failure(Code::busy, "lock", path, "another process holds it");
    return failed("lock", path);
}

}  // namespace haul::file
