// The root folder of a local store and the folders beneath it, opened by descriptor.
//
// Everything is resolved beneath the root; symlinks on the way are refused (Code::denied) unless the store
// follows them, and then only for reading. Names longer than PATH_MAX work: they are opened in steps. A Root
// is immutable after it is opened and may be shared by threads; a Folders belongs to one thread.
#pragma once

#include <sys/types.h>

#include <cerrno>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/result.h"

namespace haul::store::local {

// "a/b/c" is {"a/b", "c"}; "c" is {"", "c"}.
struct Split {
    std::string_view folder;
    std::string_view leaf;
};
[[nodiscard]] Split split_name(std::string_view name);

enum class Links : std::uint8_t { refuse, follow };

class Root {
  public:
    // `keep_out`: folders that following must not enter; they may come to be later.
    [[nodiscard]] static Result<Root> open(std::string path, bool follow_symlinks,
                                           std::vector<std::string> keep_out);

    [[nodiscard]] int fd() const { return fd_.get(); }  // O_PATH: for *at calls only
    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] bool follows_symlinks() const { return follow_symlinks_; }
    [[nodiscard]] const std::vector<std::string>& keep_out() const { return keep_out_; }
    [[nodiscard]] Links read_links() const { return follow_symlinks_ ? Links::follow : Links::refuse; }
    // The full path of an object, for messages.
    [[nodiscard]] std::string subject(std::string_view name) const;

    // A folder beneath ("" or ".": the root itself) with O_RDONLY, O_PATH where `flags` says so. -errno on
    // failure.
    [[nodiscard]] int open_folder(std::string_view path, Links links, int flags) const;

  private:
    Root(file::Fd fd, std::string path, bool follow_symlinks)
        : fd_(std::move(fd)), path_(std::move(path)), follow_symlinks_(follow_symlinks) {}

    file::Fd fd_;
    std::string path_;
    bool follow_symlinks_ = false;
    std::vector<std::string> keep_out_;
};

// Renames work only within one place.
struct Place {
    std::uint64_t device = 0;
    std::uint64_t mount = 0;
    bool operator==(const Place&) const = default;
};
[[nodiscard]] Place place_of(int fd);

struct Folder {
    file::Fd fd;           // O_RDONLY, so that it can be synced
    bool readable = true;  // else O_PATH: its mode lets us in, and not read it
    std::string path;
    Place place;
};

// Makes the folder's entries durable: where it cannot be read by way of the whole file system.
[[nodiscard]] Status sync_folder(const Root& root, const Folder& folder);

// Folders lately used, kept open: consecutive names mostly lie in the same few.
class Folders {
  public:
    Folders(const Root& root, std::string operation) : root_(root), operation_(std::move(operation)) {}

    [[nodiscard]] Result<std::shared_ptr<const Folder>> get(std::string_view path);
    // The same, making what is missing. `made(parent)` is called for each folder in which one was made.
    template <class Made>
    [[nodiscard]] Result<std::shared_ptr<const Folder>> make(std::string_view path, const Made& made);

  private:
    [[nodiscard]] std::shared_ptr<const Folder> find(std::string_view path);
    // `open_by` returns a descriptor or -errno.
    [[nodiscard]] Result<std::shared_ptr<const Folder>> open(std::string_view path,
                                                             const std::function<int(int flags)>& open_by);
    // The folder itself, or the nearest above it that exists.
    [[nodiscard]] Result<std::shared_ptr<const Folder>> deepest_on_the_way(std::string_view path);
    // `path` lies in `parent`. Opens it, made where it is missing.
    [[nodiscard]] Result<std::shared_ptr<const Folder>> make_one(const Folder& parent, std::string_view path,
                                                                 bool& made);

    const Root& root_;
    std::string operation_;
    std::list<std::shared_ptr<const Folder>> open_;  // most recent first, bounded
};

template <class Made>
Result<std::shared_ptr<const Folder>> Folders::make(std::string_view path, const Made& made) {
    if (path == ".") path = {};
    auto folder = TRY(deepest_on_the_way(path));
    // A loop, not a recursion: a name may have more elements than the stack holds frames.
    while (folder->path.size() < path.size()) {
        bool new_one = false;
        const std::size_t begin = folder->path.empty() ? 0 : folder->path.size() + 1;
        auto next = TRY(make_one(*folder, path.substr(0, path.find('/', begin)), new_one));
        if (new_one) made(folder->path);
        folder = std::move(next);
    }
    return folder;
}

}  // namespace haul::store::local
