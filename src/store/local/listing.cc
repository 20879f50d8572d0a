#include "store/local/listing.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "store/local/status.h"

namespace haul::store::local {
namespace {

constexpr std::size_t kPageObjects = 1024;
constexpr std::size_t kNamesHeld = 200'000;     // of all levels together, before a folder is sorted on disk
constexpr std::size_t kLeastNamesHeld = 4'000;  // of one level, however much the others hold
constexpr std::size_t kOpenLevels = 128;
constexpr std::string_view kRootKey = "./";

// What a cursor says within the folder of key `folder`: nothing when it points elsewhere.
std::string rest_of(std::string_view cursor, std::string_view folder) {
    return cursor.starts_with(folder) ? std::string(cursor.substr(folder.size())) : std::string();
}

}  // namespace

Result<std::unique_ptr<Listing>> LocalListing::start(std::shared_ptr<const Root> root,
                                                     const ListRequest& request, std::string sort_folder) {
    std::unique_ptr<LocalListing> listing(new LocalListing(std::move(root), std::move(sort_folder)));
    const bool all = request.prefix.empty() || request.prefix == ".";
    if (!all) TRY(check_name(request.prefix, "list"));
    listing->start_ = all ? "" : request.prefix;
    const std::string first = all ? std::string(kRootKey) : request.prefix + "/";
    if (!all && !request.after.empty() && !request.after.starts_with(first)) {
        return failure(Code::usage, "list", request.prefix, "the cursor is of another listing");
    }
    listing->seek_ = request.after;
    listing->cursor_ = request.after;
    const int fd = listing->root_->open_folder(listing->start_, listing->root_->read_links(), O_PATH);
    if (fd < 0) return failure(path_error(-fd, "list", listing->root_->subject(request.prefix)));
    ::close(fd);
    return std::unique_ptr<Listing>(std::move(listing));
}

Result<Page> LocalListing::next(const std::stop_token& stop) {
    Page page;
    while (page.objects.size() < kPageObjects) {
        if (stop.stop_requested()) {
            return failure(Code::interrupted, "list", root_->subject(start_), "stopped on request");
        }
        if (begun_ && stack_.empty()) {
            page.last = true;
            break;
        }
        TRY(step(page));
    }
    page.cursor = cursor_;
    return page;
}

Status LocalListing::step(Page& page) {
    if (!begun_) return begin(page);
    Frame& frame = stack_.back();
    path_.resize(frame.path_length);
    const std::string_view key = TRY(frame.names.next());
    if (key.empty()) {
        stack_.pop_back();
        return {};
    }
    if (frame.seek.empty()) return visit(key, {}, false, page);
    // `//` alone: the folder's own problem was told, and now it can be read: all of it is new.
    if (frame.seek == "/") {
        frame.seek.clear();
        return visit(key, {}, false, page);
    }
    if (key.ends_with('/') && frame.seek.starts_with(key))
        return visit(key, rest_of(frame.seek, key), true, page);
    if (key <= frame.seek) return {};
    frame.seek.clear();
    return visit(key, {}, false, page);
}

Status LocalListing::begin(Page& page) {
    begun_ = true;
    const std::string key = start_.empty() ? std::string(kRootKey) : start_ + "/";
    path_ = start_.empty() ? "" : key;
    // Beneath the root, cursors are plain paths: only the root's own begin with "./".
    const bool root_only = seek_.starts_with(kRootKey);
    std::string rest = start_.empty() && !root_only ? seek_ : rest_of(seek_, key);
    const bool handed_out = !seek_.empty();

    const file::Fd parent(root_->open_folder(start_, root_->read_links(), O_PATH));
    struct ::stat status{};
    if (!parent.valid() || ::fstat(parent.get(), &status) != 0) {
        return failure(path_error(ENOENT, "list", root_->subject(start_)));
    }
    if (!handed_out) {
        page.objects.push_back(object_of(name(), status));
        cursor_ = key;
    }
    note_ancestors();
    if (auto problem = refused(status)) {
        if (rest != "/") tell_problem(std::move(*problem), page);
        return {};
    }
    return descend(parent.get(), ".", status, std::move(rest), page);
}

Status LocalListing::visit(std::string_view key, std::string seek, bool handed_out, Page& page) {
    Frame& frame = stack_.back();
    path_ += key;
    const bool as_folder = key.ends_with('/');
    const std::string leaf(key.substr(0, key.size() - (as_folder ? 1U : 0U)));
    TRY(reopen(frame));
    struct ::stat status{};
    auto object = look(frame.fd.get(), leaf, as_folder, status);
    if (!object) return {};
    const bool unreadable = object->kind == Kind::unreadable;
    if (unreadable && handed_out && seek != "/") {
        // Listed by an earlier run, and not to be looked into any more.
        tell_problem(Error(*object->problem), page);
    } else if (!handed_out) {
        cursor_ = path_;
        page.objects.push_back(std::move(*object));
    }
    if (!as_folder || unreadable) return {};
    return descend(frame.fd.get(), leaf, status, std::move(seek), page);
}

std::optional<Object> LocalListing::look(int folder, const std::string& leaf, bool as_folder,
                                         struct ::stat& status) {
    const auto unreadable = [&](Error problem) {
        Object object;
        object.name = name();
        object.kind = Kind::unreadable;
        object.problem = std::make_shared<const Error>(std::move(problem));
        return object;
    };
    const bool follow = root_->follows_symlinks();
    if (::fstatat(folder, leaf.c_str(), &status, follow ? 0 : AT_SYMLINK_NOFOLLOW) != 0) {
        const int why = errno;
        struct ::stat link{};
        const bool dangling = follow && ::fstatat(folder, leaf.c_str(), &link, AT_SYMLINK_NOFOLLOW) == 0 &&
                              S_ISLNK(link.st_mode);
        if (why == ENOENT && !dangling) return std::nullopt;
        Error problem = os_error(why, "list", root_->subject(name()));
        if (dangling && why == ENOENT) problem.detail = "a symlink to something that does not exist";
        if (dangling && why == ELOOP) problem.detail = "a symlink that leads back to itself";
        return unreadable(std::move(problem));
    }
    if (S_ISDIR(status.st_mode) != as_folder) {
        return unreadable(make_error(Code::changed, "list", root_->subject(name()),
                                     "was replaced (folder by file, or file by folder) while it was listed"));
    }
    if (as_folder) {
        if (auto problem = refused(status)) return unreadable(std::move(*problem));
    }
    Object object = object_of(name(), status);
    if (object.kind != Kind::symlink) return object;
    auto target = read_target(folder, leaf, root_->subject(name()));
    if (target.has_value()) {
        object.target = std::move(*target);
        return object;
    }
    if (target.error().os_error == ENOENT) return std::nullopt;
    return unreadable(std::move(target).error());
}

Status LocalListing::descend(int parent, const std::string& leaf, const struct ::stat& status,
                             std::string seek, Page& page) {
    const int nofollow = root_->follows_symlinks() || leaf == "." ? 0 : O_NOFOLLOW;
    file::Fd fd(::openat(parent, leaf.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | nofollow));
    // A folder that went away meanwhile has nothing in it; descriptors and memory are ours, not the folder's
    // fault.
    if (!fd.valid() && errno == ENOENT) return {};
    const bool told = seek == "/";
    const std::string subject = root_->subject(name());
    if (!fd.valid()) {
        Error problem = os_error(errno, "list", subject);
        if (errno == EMFILE || errno == ENFILE || errno == ENOMEM) return failure(std::move(problem));
        if (!told) tell_problem(std::move(problem), page);
        return {};
    }
    const std::size_t held = names_held();
    NamesRequest request{.folder = fd.get(),
                         .subject = subject,
                         .follow_symlinks = root_->follows_symlinks(),
                         .limit = std::max(kLeastNamesHeld, kNamesHeld - std::min(held, kNamesHeld)),
                         .sort_folder = sort_folder_};
    auto names = FolderNames::read(request);
    if (!names.has_value()) {
        // Our own sorting failed (disk full): the listing cannot go on. The folder itself failed: told, and
        // passed over.
        if (names.error().operation != "list") return failure(std::move(names).error());
        if (!told) tell_problem(std::move(names).error(), page);
        return {};
    }
    stack_.push_back({.fd = std::move(fd),
                      .path_length = path_.size(),
                      .identity = Identity(status.st_dev, status.st_ino),
                      .names = std::move(*names),
                      .seek = std::move(seek)});
    if (stack_.size() > kOpenLevels) stack_[stack_.size() - 1 - kOpenLevels].fd = file::Fd();
    return {};
}

Status LocalListing::reopen(Frame& frame) {
    if (frame.fd.valid()) return {};
    const std::string_view own = std::string_view(path_).substr(0, frame.path_length);
    const std::string_view folder = own.empty() ? own : own.substr(0, own.size() - 1);
    const std::string subject = root_->subject(folder);
    const int fd = root_->open_folder(folder, root_->read_links(), O_RDONLY);
    if (fd < 0) return failure(path_error(-fd, "list", subject));
    frame.fd = file::Fd(fd);
    struct ::stat status{};
    if (::fstat(fd, &status) != 0 || Identity(status.st_dev, status.st_ino) != frame.identity) {
        return failure(Code::changed, "list", subject,
                       "the folder was replaced by another while it was listed");
    }
    return {};
}

// A listing may begin in a folder that a symlink leads to: what lies above it is met again beneath it.
void LocalListing::note_ancestors() {
    if (!root_->follows_symlinks() || start_.empty()) return;
    for (std::size_t end = 0; end != std::string::npos;) {
        const file::Fd folder(
            root_->open_folder(std::string_view(start_).substr(0, end), root_->read_links(), O_PATH));
        struct ::stat status{};
        if (folder.valid() && ::fstat(folder.get(), &status) == 0)
            above_.emplace_back(status.st_dev, status.st_ino);
        end = start_.find('/', end + 1);
    }
}

// Why a folder is not entered although it could be.
std::optional<Error> LocalListing::refused(const struct ::stat& status) const {
    if (!root_->follows_symlinks()) return std::nullopt;
    const Identity folder(status.st_dev, status.st_ino);
    const bool in_itself =
        std::ranges::find(above_, folder) != above_.end() ||
        std::ranges::any_of(stack_, [&](const Frame& frame) { return frame.identity == folder; });
    if (in_itself) {
        return make_error(Code::unsupported, "list", root_->subject(name()),
                          "a symlink to a folder that it lies in: following it would never end");
    }
    for (const std::string& path : root_->keep_out()) {
        struct ::stat kept{};
        if (::stat(path.c_str(), &kept) != 0 || Identity(kept.st_dev, kept.st_ino) != folder) continue;
        return make_error(Code::unsupported, "list", root_->subject(name()),
                          "a symlink leads to where this run itself writes");
    }
    return std::nullopt;
}

std::size_t LocalListing::names_held() const {
    std::size_t held = 0;
    for (const Frame& frame : stack_) held += frame.names.held();
    return held;
}

void LocalListing::tell_problem(Error problem, Page& page) {
    Object object;
    object.name = name();
    object.kind = Kind::unreadable;
    object.problem = std::make_shared<const Error>(std::move(problem));
    page.objects.push_back(std::move(object));
    cursor_ = (path_.empty() ? std::string(kRootKey) : path_) + "/";
}

std::string LocalListing::name() const {
    if (path_.empty()) return ".";
    return path_.ends_with('/') ? path_.substr(0, path_.size() - 1) : path_;
}

}  // namespace haul::store::local
