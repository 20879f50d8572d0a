// Files, durably. Thin, exact wrappers over the kernel: each says what was tried on what when it fails.
//
// Relative paths are resolved against a folder descriptor. The *_beneath forms go through openat2 with
// RESOLVE_BENEATH and RESOLVE_NO_SYMLINKS: an absolute path, `..` or a symlink anywhere in it is refused
// (Code::denied). Functions hold no state and may be called from any thread; an Fd belongs to one owner.
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace haul::file {

// Owns a descriptor.
class Fd {
  public:
    Fd() = default;
    explicit Fd(int fd) : fd_(fd) {}
    ~Fd();
    Fd(Fd&& other) noexcept : fd_(other.release()) {}
    Fd& operator=(Fd&& other) noexcept;
    Fd(const Fd&) = delete;
    Fd& operator=(const Fd&) = delete;
    [[nodiscard]] int get() const { return fd_; }
    [[nodiscard]] bool valid() const { return fd_ >= 0; }
    int release() {
        const int fd = fd_;
        fd_ = -1;
        return fd;
    }
    // Closes now and reports what close(2) says (a late write error on some file systems).
    Status close(std::string_view subject);

  private:
    int fd_ = -1;
};

[[nodiscard]] Result<Fd> open_folder(const std::string& path);
// openat(2); `flags` as there (O_CLOEXEC is added).
[[nodiscard]] Result<Fd> open_at(int folder, const std::string& path, int flags, mode_t mode = 0666);
[[nodiscard]] Result<Fd> open_beneath(int root, const std::string& path, int flags, mode_t mode = 0666);

// open_beneath, or open_at where `root` is AT_FDCWD: a path that the user gave may be absolute and go through
// symlinks. sync_folder, make_folders, remove_tree and write_durably find their folder so.
[[nodiscard]] Result<Fd> open_in(int root, const std::string& path, int flags, mode_t mode = 0666);

[[nodiscard]] Result<struct ::stat> stat_of(const Fd& fd, std::string_view subject);
[[nodiscard]] Result<struct ::stat> stat_at(int folder, const std::string& path, bool follow_symlinks);

// Exactly the bytes asked for, or an error; Code::changed when the file is shorter.
[[nodiscard]] Status read_exact(int fd, std::span<std::byte> into, std::uint64_t offset,
                                std::string_view subject);
[[nodiscard]] Status write_all(int fd, std::span<const std::byte> bytes, std::uint64_t offset,
                               std::string_view subject);
// Appends at the descriptor's own position (pipes, logs).
[[nodiscard]] Status append_all(int fd, std::span<const std::byte> bytes, std::string_view subject);

// Whole small files. `limit`: a longer file is Code::corrupt, so that a hostile one cannot fill memory.
[[nodiscard]] Result<std::string> read_whole(const std::string& path, std::uint64_t limit);

// fsync(2). An error is final: the data may be lost, and is never retried.
[[nodiscard]] Status sync_file(int fd, std::string_view subject);
[[nodiscard]] Status sync_data(int fd, std::string_view subject);     // fdatasync(2)
[[nodiscard]] Status sync_folder(int root, const std::string& path);  // "." for root itself
// syncfs(2) on a descriptor that was opened before the first write, so that it sees their errors.
[[nodiscard]] Status sync_file_system(int fd, std::string_view subject);

// Reserves blocks (fallocate); where the file system cannot, sets the length only. no_space is reported.
[[nodiscard]] Status preallocate(int fd, std::uint64_t size, std::string_view subject);
[[nodiscard]] Status set_length(int fd, std::uint64_t size, std::string_view subject);

// renameat2; with `create_only` an existing target is Code::exists and nothing changes.
[[nodiscard]] Status rename_at(int from_root, const std::string& from, int to_root, const std::string& to,
                               bool create_only);
[[nodiscard]] Status unlink_at(int root, const std::string& path);
[[nodiscard]] Status remove_folder_at(int root, const std::string& path);
// Makes every missing folder of `path` beneath root, and fsyncs the parents of those that it made. `above`:
// the path of root, for what an error says.
[[nodiscard]] Status make_folders(int root, const std::string& path, mode_t mode = 0777,
                                  std::string_view above = {});
// Removes what lies beneath and the folder itself; symlinks are not followed; absent is fine. Folders of ours
// that we may not write are made writable first. A file or symlink at `path` is removed as well.
[[nodiscard]] Status remove_tree(int root, const std::string& path);

// A whole file, durably: named temporary in the same folder, write, fsync, rename, fsync of the folder.
// Nothing partial is ever visible under `path`.
[[nodiscard]] Status write_durably(int root, const std::string& path, std::string_view bytes,
                                   bool create_only, mode_t mode = 0666);

// Bytes that an unprivileged process may still write on the file system of `fd`.
[[nodiscard]] Result<std::uint64_t> free_bytes(int fd);

// flock(2), exclusive, without waiting; the lock dies with the process. Code::busy when held elsewhere.
[[nodiscard]] Result<Fd> lock(const std::string& path);

}  // namespace haul::file
