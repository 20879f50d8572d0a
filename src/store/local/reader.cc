#include "store/local/reader.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/units.h"
#include "store/local/status.h"

namespace haul::store::local {
namespace {

// What opening a file costs, in bytes that could be copied meanwhile: for cutting a batch into chunks of
// equal work.
constexpr std::uint64_t kOpenCost = 16 * units::KiB;
// Less work than this is done before another thread has woken up.
constexpr std::uint64_t kLeastChunk = 256 * units::KiB;
constexpr std::uint64_t kReadAhead = units::MiB;

// Where the run of reads of one file ends that begins at `from`.
std::size_t run_end(std::span<const Read> reads, std::size_t from) {
    std::size_t end = from + 1;
    while (end < reads.size() && reads[end].name == reads[from].name) ++end;
    return end;
}

std::vector<std::span<Read>> cut(std::span<Read> reads, unsigned threads) {
    std::uint64_t total = 0;
    for (const Read& read : reads) total += kOpenCost + read.into.size();
    const std::uint64_t target = std::max(kLeastChunk, total / (std::uint64_t{threads} * 4) + 1);
    std::vector<std::span<Read>> chunks;
    std::size_t begin = 0;
    std::uint64_t cost = 0;
    for (std::size_t at = 0; at < reads.size();) {
        const std::size_t end = run_end(reads, at);
        for (std::size_t read = at; read < end; ++read) cost += reads[read].into.size();
        cost += kOpenCost;
        at = end;
        if (cost < target && at < reads.size()) continue;
        chunks.push_back(reads.subspan(begin, at - begin));
        begin = at;
        cost = 0;
    }
    return chunks;
}

void fail_all(std::span<Read> reads, const Error& error) {
    for (Read& read : reads) read.result = failure(error);
}

Error wrong_kind(const struct ::stat& status, const Read& read, std::string subject) {
    const bool expected = !read.version.tag.empty();
    const char* what = S_ISDIR(status.st_mode)   ? "a folder"
                       : S_ISLNK(status.st_mode) ? "a symlink"
                                                 : "neither a file nor a folder";
    return make_error(expected ? Code::changed : Code::unsupported, "read", std::move(subject),
                      std::string(expected ? "is no longer a file but " : "cannot be read: it is ") + what);
}

}  // namespace

// Works through the reads of one chunk in one thread.
class Reader::Chunk {
  public:
    Chunk(const Root& root, std::atomic<bool>& noatime_refused)
        : root_(root), noatime_refused_(noatime_refused) {}

    void read(std::span<Read> reads, const std::stop_token& stop) {
        for (std::size_t at = 0; at < reads.size();) {
            if (stop.stop_requested()) {
                const auto rest = reads.subspan(at);
                fail_all(rest, make_error(Code::interrupted, "read", root_.subject(rest.front().name),
                                          "stopped on request"));
                return;
            }
            const std::size_t end = run_end(reads, at);
            read_file(reads.subspan(at, end - at));
            at = end;
        }
    }

  private:
    void read_file(std::span<Read> reads);
    [[nodiscard]] Status check(const struct ::stat& before, Read& read) const;
    [[nodiscard]] Status read_range(int fd, Read& read) const;
    [[nodiscard]] Result<file::Fd> open(const Read& read);
    [[nodiscard]] Status enter(std::string_view folder, const Read& read);
    [[nodiscard]] int open_leaf(int extra_flags) const;
    [[nodiscard]] Error open_error(int why, const Read& read) const;

    const Root& root_;
    std::atomic<bool>& noatime_refused_;
    std::optional<std::string> folder_path_;
    file::Fd folder_;
    std::string leaf_;
};

void Reader::Chunk::read_file(std::span<Read> reads) {
    auto fd = open(reads.front());
    if (!fd.has_value()) return fail_all(reads, fd.error());
    struct ::stat before{};
    struct ::stat after{};
    const auto stat_failed = [&] {
        fail_all(reads, os_error(errno, "read", root_.subject(reads.front().name)));
    };
    if (::fstat(fd->get(), &before) != 0) return stat_failed();
    for (Read& read : reads) {
        read.result = check(before, read);
        if (read.result.has_value()) read.result = read_range(fd->get(), read);
    }
    if (::fstat(fd->get(), &after) != 0) return stat_failed();
    const bool same = same_content(before, after);
    for (Read& read : reads) {
        if (!read.result.has_value()) continue;
        if (!same) {
            read.result =
                failure(Code::changed, "read", root_.subject(read.name), "it was changed while it was read");
            continue;
        }
        read.seen = strong_version(before);
        if (read.want_attributes) read.attributes = attributes_of(before);
    }
}

Status Reader::Chunk::check(const struct ::stat& before, Read& read) const {
    if (!S_ISREG(before.st_mode)) return failure(wrong_kind(before, read, root_.subject(read.name)));
    if (!matches(read.version, before)) {
        return failure(Code::changed, "read", root_.subject(read.name), "it was changed since it was listed");
    }
    const auto size = static_cast<std::uint64_t>(before.st_size);
    if (read.offset > size || read.into.size() > size - read.offset) {
        return failure(Code::changed, "read", root_.subject(read.name),
                       "it is shorter than the range asked for");
    }
    return {};
}

Status Reader::Chunk::read_range(int fd, Read& read) const {
    if (read.into.size() >= kReadAhead) {
        ::posix_fadvise(fd, static_cast<::off_t>(read.offset), static_cast<::off_t>(read.into.size()),
                        POSIX_FADV_SEQUENTIAL);
    }
    auto done = file::read_exact(fd, read.into, read.offset, read.name);
    if (done.has_value()) return {};
    Error error = std::move(done).error();
    error.operation = "read";
    error.subject = root_.subject(read.name);
    return failure(std::move(error));
}

Result<file::Fd> Reader::Chunk::open(const Read& read) {
    TRY(check_name(read.name, "read"));
    const Split split = split_name(read.name);
    TRY(enter(split.folder, read));
    leaf_ = split.leaf;
    int fd = open_leaf(noatime_refused_.load(std::memory_order_relaxed) ? 0 : O_NOATIME);
    if (fd == -EPERM) {
        noatime_refused_.store(true, std::memory_order_relaxed);
        fd = open_leaf(0);
    }
    if (fd < 0) return failure(open_error(-fd, read));
    return file::Fd(fd);
}

Status Reader::Chunk::enter(std::string_view folder, const Read& read) {
    if (folder_path_ == folder) return {};
    folder_path_.reset();
    const int fd = root_.open_folder(folder, root_.read_links(), O_PATH);
    if (fd < 0) return failure(path_error(-fd, "read", root_.subject(read.name)));
    folder_ = file::Fd(fd);
    folder_path_ = folder;
    return {};
}

int Reader::Chunk::open_leaf(int extra_flags) const {
    // O_NONBLOCK: opening a FIFO that nobody writes would wait for ever.
    const int nofollow = root_.follows_symlinks() ? 0 : O_NOFOLLOW;
    const int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | nofollow | extra_flags;
    for (;;) {
        const int fd = ::openat(folder_.get(), leaf_.c_str(), flags);
        if (fd >= 0) return fd;
        if (errno != EINTR) return -errno;
    }
}

Error Reader::Chunk::open_error(int why, const Read& read) const {
    const std::string subject = root_.subject(read.name);
    struct ::stat status{};
    // A symlink refuses to be opened (ELOOP), a socket or a device without driver too (ENXIO).
    const bool odd = (why == ELOOP && !root_.follows_symlinks()) || why == ENXIO || why == ENODEV;
    if (odd && ::fstatat(folder_.get(), leaf_.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) {
        return wrong_kind(status, read, subject);
    }
    return os_error(why, "read", subject);
}

void Reader::read_many(std::span<Read> reads, const std::stop_token& stop) {
    if (reads.empty()) return;
    const auto chunks = cut(reads, workers_.threads());
    workers_.run(chunks.size(),
                 [&](std::size_t chunk) { Chunk(root_, noatime_refused_).read(chunks[chunk], stop); });
}

}  // namespace haul::store::local
