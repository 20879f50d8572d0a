#include "store/local/root.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <utility>

#include "store/local/status.h"

namespace haul::store::local {
namespace {

constexpr std::size_t kOpenFolders = 32;
// One openat2 takes a path of less than PATH_MAX bytes.
constexpr std::size_t kStep = PATH_MAX - 1;

int open_step(int folder, const std::string& path, Links links, int flags) {
    struct ::open_how how{};
    how.flags = static_cast<std::uint64_t>(static_cast<unsigned>(flags | O_CLOEXEC | O_DIRECTORY));
    if (links == Links::refuse) how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
    for (;;) {
        const long fd = ::syscall(SYS_openat2, folder, path.c_str(), &how, sizeof how);
        if (fd >= 0) return static_cast<int>(fd);
        // EAGAIN: a rename raced with the resolution beneath; the kernel asks to try again.
        if (errno != EINTR && errno != EAGAIN) return -errno;
    }
}

}  // namespace

Split split_name(std::string_view name) {
    const std::size_t slash = name.rfind('/');
    if (slash == std::string_view::npos) return {.folder = {}, .leaf = name};
    return {.folder = name.substr(0, slash), .leaf = name.substr(slash + 1)};
}

Result<Root> Root::open(std::string path, bool follow_symlinks, std::vector<std::string> keep_out) {
    const int fd = ::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return failure(os_error(errno, "open store", path));
    Root root(file::Fd(fd), std::move(path), follow_symlinks);
    root.keep_out_ = std::move(keep_out);
    return root;
}

std::string Root::subject(std::string_view name) const {
    if (name.empty() || name == ".") return path_;
    std::string text = path_;
    if (!text.ends_with('/')) text += '/';
    text += name;
    return text;
}

int Root::open_folder(std::string_view path, Links links, int flags) const {
    if (path.empty()) path = ".";
    file::Fd at;
    int folder = fd_.get();
    while (path.size() > kStep) {
        const std::size_t slash = path.rfind('/', kStep);
        if (slash == std::string_view::npos || slash == 0) return -ENAMETOOLONG;
        const int next = open_step(folder, std::string(path.substr(0, slash)), links, O_PATH);
        if (next < 0) return next;
        at = file::Fd(next);
        folder = next;
        path.remove_prefix(slash + 1);
    }
    return open_step(folder, std::string(path), links, flags);
}

Place place_of(int fd) {
    struct ::statx status{};
    if (::statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &status) != 0) return {};
    return {.device = (static_cast<std::uint64_t>(status.stx_dev_major) << 32U) | status.stx_dev_minor,
            .mount = status.stx_mnt_id};
}

Status sync_folder(const Root& root, const Folder& folder) {
    const std::string subject = root.subject(folder.path);
    if (folder.readable) return file::sync_file(folder.fd.get(), subject);
    const int fd = root.open_folder({}, Links::refuse, O_RDONLY);
    if (fd < 0) return failure(path_error(-fd, "sync", root.path()));
    const file::Fd whole(fd);
    if (place_of(fd).device != folder.place.device) return failure(path_error(EACCES, "sync", subject));
    return file::sync_file_system(fd, subject);
}

std::shared_ptr<const Folder> Folders::find(std::string_view path) {
    for (auto at = open_.begin(); at != open_.end(); ++at) {
        if ((*at)->path != path) continue;
        if (at != open_.begin()) open_.splice(open_.begin(), open_, at);
        return open_.front();
    }
    return nullptr;
}

Result<std::shared_ptr<const Folder>> Folders::open(std::string_view path,
                                                    const std::function<int(int flags)>& open_by) {
    int fd = open_by(O_RDONLY);
    const bool readable = fd != -EACCES;
    if (!readable) fd = open_by(O_PATH);
    if (fd < 0) return failure(path_error(-fd, operation_, root_.subject(path)));
    auto folder = std::make_shared<Folder>();
    folder->fd = file::Fd(fd);
    folder->readable = readable;
    folder->path = path;
    folder->place = place_of(fd);
    open_.push_front(std::move(folder));
    if (open_.size() > kOpenFolders) open_.pop_back();
    return open_.front();
}

Result<std::shared_ptr<const Folder>> Folders::get(std::string_view path) {
    if (path == ".") path = {};
    if (auto found = find(path)) return found;
    return open(path, [&](int flags) { return root_.open_folder(path, Links::refuse, flags); });
}

Result<std::shared_ptr<const Folder>> Folders::deepest_on_the_way(std::string_view path) {
    for (;; path = split_name(path).folder) {
        auto found = get(path);
        if (found.has_value()) return found;
        // Not "not found": something else has taken the name.
        if (found.error().os_error == ENOTDIR) found.error().code = Code::exists;
        if (found.error().os_error != ENOENT || path.empty()) return found;
    }
}

Result<std::shared_ptr<const Folder>> Folders::make_one(const Folder& parent, std::string_view path,
                                                        bool& made) {
    const std::string leaf(split_name(path).leaf);
    made = ::mkdirat(parent.fd.get(), leaf.c_str(), 0777) == 0;
    if (!made && errno != EEXIST) return failure(path_error(errno, operation_, root_.subject(path)));
    // From the parent, not from the root: the whole way again for each element would take the square of it.
    return open(path, [&](int flags) { return open_step(parent.fd.get(), leaf, Links::refuse, flags); });
}

}  // namespace haul::store::local
