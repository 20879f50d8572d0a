// Making and removing folders, step by step from one descriptor to the next, so that no symlink is followed.
#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/file.h"

namespace haul::file {
namespace {

std::unexpected<Error> failed(std::string_view operation, std::string_view subject) {
    return failure(os_error(errno, std::string(operation), std::string(subject)));
}

std::string without_trailing_slashes(std::string path) {
    while (path.size() > 1 && path.ends_with('/')) path.pop_back();
    return path;
}

struct Place {
    std::string folder;  // empty: the root itself
    std::string name;
};

Place split(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos) return {"", path};
    return {slash == 0 ? "/" : without_trailing_slashes(path.substr(0, slash)), path.substr(slash + 1)};
}

// Opens the folder `name` of `parent`, made where it is missing.
Result<Fd> made_in(const Fd& parent, const std::string& name, mode_t mode, const std::string& path) {
    if (::mkdirat(parent.get(), name.c_str(), mode) == 0) {
        TRY(sync_file(parent.get(), path));
    } else if (errno != EEXIST) {  // another may have been faster
        return failed("make folder", path);
    }
    return open_at(parent.get(), name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
}

// Opens the folder, made where it is missing; so are those above it. The way up is a vector, not the stack: a
// path may have more elements than the stack holds frames.
Result<Fd> made_folder(int root, const std::string& path, mode_t mode) {
    std::vector<std::string> missing;
    std::string at = path;
    auto folder = open_in(root, at, O_RDONLY | O_DIRECTORY);
    while (!folder && folder.error().os_error == ENOENT && at != ".") {
        const Place place = split(at);
        missing.push_back(place.name);
        at = place.folder.empty() ? "." : place.folder;
        folder = open_in(root, at, O_RDONLY | O_DIRECTORY);
    }
    while (folder && !missing.empty()) {
        folder = made_in(*folder, missing.back(), mode, path);
        missing.pop_back();
    }
    return folder;
}

struct CloseFolder {
    void operator()(::DIR* folder) const { ::closedir(folder); }
};
using Folder = std::unique_ptr<::DIR, CloseFolder>;

bool is_dots(const char* name) { return std::string_view(name) == "." || std::string_view(name) == ".."; }

// Removes one tree. The way down is a vector, not the stack: trees may be deeper than any stack.
class TreeRemover {
  public:
    explicit TreeRemover(std::string subject) : subject_(std::move(subject)) {}

    Status remove(int parent, const std::string& name) {
        TRY(remove_or_enter(parent, name));
        while (!levels_.empty()) TRY(step());
        return {};
    }

  private:
    struct Level {
        int parent;
        std::string name;
        Folder folder;
        bool made_writable = false;
        int rescans = 0;
    };

    // One entry of the innermost folder, or that folder itself where it is empty.
    Status step() {
        Level& level = levels_.back();
        errno = 0;
        const ::dirent* entry = ::readdir(level.folder.get());
        if (entry == nullptr && errno != 0) return failed("list", subject_);
        if (entry == nullptr) return leave();
        if (is_dots(entry->d_name)) return {};
        return remove_or_enter(::dirfd(level.folder.get()), entry->d_name);
    }

    Status remove_or_enter(int parent, const std::string& name) {
        if (::unlinkat(parent, name.c_str(), 0) == 0 || errno == ENOENT) return {};
        if (errno == EISDIR) return enter(parent, name);
        const int why = errno;
        if (is_folder(parent, name)) return enter(parent, name);
        if (why == EACCES && make_writable()) return remove_or_enter(parent, name);
        return failure(os_error(why, "remove", subject_ + "/…/" + name));
    }

    Status enter(int parent, const std::string& name) {
        constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;
        auto fd = open_at(parent, name, kFlags);
        if (!fd && fd.error().os_error == EACCES) {
            TRY(make_readable(parent, name));
            fd = open_at(parent, name, kFlags);
        }
        if (!fd) return failure(std::move(fd).error());
        Folder folder(::fdopendir(fd->get()));
        if (!folder) return failed("list", subject_);
        fd->release();
        levels_.push_back({parent, name, std::move(folder)});
        return {};
    }

    Status leave() {
        Level& level = levels_.back();
        if (::unlinkat(level.parent, level.name.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT) {
            levels_.pop_back();
            return {};
        }
        constexpr int kRescans = 10;
        // Someone added to it, or the file system skipped entries while we removed others.
        if ((errno == ENOTEMPTY || errno == EEXIST) && level.rescans++ < kRescans) {
            ::rewinddir(level.folder.get());
            return {};
        }
        const int why = errno;
        if (why == EACCES && levels_.size() > 1 && make_writable(levels_[levels_.size() - 2])) return leave();
        return failure(os_error(why, "remove folder", subject_));
    }

    static bool is_folder(int parent, const std::string& name) {
        struct ::stat info{};
        return ::fstatat(parent, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(info.st_mode);
    }

    bool make_writable() { return !levels_.empty() && make_writable(levels_.back()); }

    static bool make_writable(Level& level) {
        if (std::exchange(level.made_writable, true)) return false;
        const int fd = ::dirfd(level.folder.get());
        return fd >= 0 && ::fchmod(fd, S_IRWXU) == 0;
    }

    // fchmodat follows symlinks: through a descriptor it cannot.
    Status make_readable(int parent, const std::string& name) {
        const Fd fd = TRY(open_at(parent, name, O_PATH | O_DIRECTORY | O_NOFOLLOW));
        const std::string self = "/proc/self/fd/" + std::to_string(fd.get());
        if (::chmod(self.c_str(), S_IRWXU) != 0) return failed("make readable", subject_);
        return {};
    }

    std::string subject_;
    std::vector<Level> levels_;
};

}  // namespace

Status make_folders(int root, const std::string& path, mode_t mode, std::string_view above) {
    auto made = made_folder(root, without_trailing_slashes(path), mode);
    if (made) return {};
    Error error = std::move(made).error();
    if (error.os_error == ENOTDIR) error.code = Code::exists;
    error.operation = "make folder";
    error.subject = above;
    if (!above.empty() && !above.ends_with('/')) error.subject += '/';
    error.subject += path;
    return failure(std::move(error));
}

Status remove_tree(int root, const std::string& path) {
    const auto [parent_path, name] = split(without_trailing_slashes(path));
    if (name.empty() || name == "." || name == "..") {
        return failure(Code::usage, "remove", path, "the path names no folder that could be removed");
    }
    auto parent = open_in(root, parent_path.empty() ? "." : parent_path, O_RDONLY | O_DIRECTORY);
    if (!parent && parent.error().os_error == ENOENT) return {};
    if (!parent) return failure(std::move(parent).error());
    return TreeRemover(path).remove(parent->get(), name);
}

}  // namespace haul::file
