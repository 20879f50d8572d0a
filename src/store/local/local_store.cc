#include "store/local/local_store.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "base/random.h"
#include "store/local/batch_writer.h"
#include "store/local/listing.h"
#include "store/local/remover.h"
#include "store/local/status.h"
#include "store/local/upload.h"

namespace haul::store::local {
namespace {

constexpr unsigned kThreads = 2;

Status make_root(const std::string& path) {
    std::string_view existing = path;
    while (existing.size() > 1 && ::access(std::string(existing).c_str(), F_OK) != 0 && errno == ENOENT) {
        struct ::stat link{};
        const std::string at(existing);
        if (::lstat(at.c_str(), &link) == 0 && S_ISLNK(link.st_mode)) {
            return failure(make_error(Code::not_found, "make folder", path,
                                      at + " is a symlink to something that does not exist")
                               .with_remedy("make the folder that it points to, or name another place"));
        }
        const std::size_t slash = existing.rfind('/');
        existing = existing.substr(0, slash == 0 ? 1 : slash);
    }
    if (existing.size() == path.size()) return {};
    const auto folder = TRY(file::open_folder(std::string(existing)));
    std::string missing = path.substr(existing.size());
    while (missing.starts_with('/')) missing.erase(0, 1);
    while (missing.ends_with('/')) missing.pop_back();
    return file::make_folders(folder.get(), missing, 0777, existing);
}

// The part of the path that exists.
std::string_view existing_part(std::string_view path) {
    while (path.size() > 1 && ::access(std::string(path).c_str(), F_OK) != 0) {
        const std::size_t slash = path.rfind('/');
        path = path.substr(0, slash == 0 ? 1 : slash);
    }
    return path;
}

// A folder that was to be there and cannot be opened.
Error explained(Error error, const std::string& path) {
    switch (error.os_error) {
        case ENOENT:
            error.remedy = fmt::format("check the path: of it {} exists, and no more", existing_part(path));
            break;
        case ENOTDIR:
            if (existing_part(path) == path) {
                error.detail = "it is a file, and a folder is needed";
                error.remedy = fmt::format("name a folder: {} is none", path);
            } else {
                error.detail = fmt::format("{} is a file, nothing lies beneath it", existing_part(path));
                error.remedy = "check the path";
            }
            break;
        case EACCES:
            error.remedy = "run haul as a user who may enter it";
            break;
        default:
            break;
    }
    return error;
}

}  // namespace

LocalStore::LocalStore(Root root, const LocalOptions& options)
    : root_(std::make_shared<const Root>(std::move(root))),
      sort_folder_(options.sort_folder),
      workers_(options.threads == 0 ? kThreads : options.threads),
      reader_(*root_, workers_) {}

Result<std::unique_ptr<Store>> LocalStore::open(const std::string& path, const LocalOptions& options) {
    if (!path.starts_with('/')) {
        return failure(Code::usage, "open store", path, "the path of a local store has to be absolute");
    }
    if (options.create) {
        if (Status made = make_root(path); !made) {
            const bool denied = made.error().code == Code::denied;
            Error wider = std::move(made).error().within("write to", path);
            if (denied && wider.remedy.empty()) wider.remedy = "choose a place that you may write to";
            return failure(std::move(wider));
        }
    }
    auto root = Root::open(path, options.follow_symlinks, options.keep_out);
    if (!root) return failure(explained(std::move(root).error(), path));
    return std::unique_ptr<Store>(new LocalStore(*std::move(root), options));
}

Capabilities LocalStore::capabilities() const {
    Capabilities can;
    can.address = root_->path();
    can.replace_if = true;
    can.keeps_modes = true;
    const auto free = file::free_bytes(root_->fd());
    if (free.has_value()) can.free_bytes = *free;
    return can;
}

Result<std::unique_ptr<Listing>> LocalStore::list(const ListRequest& request) {
    return LocalListing::start(root_, request, sort_folder_);
}

Result<Stat> LocalStore::stat(const StatRequest& request) {
    const bool is_root = request.name == ".";
    if (!is_root) TRY(check_name(request.name, "stat"));
    const std::string subject = root_->subject(request.name);
    const Split split = is_root ? Split{.folder = {}, .leaf = "."} : split_name(request.name);
    const int folder = root_->open_folder(split.folder, root_->read_links(), O_PATH);
    if (folder < 0) return failure(path_error(-folder, "stat", subject));
    const file::Fd parent(folder);
    const std::string leaf(split.leaf);
    struct ::stat status{};
    if (::fstatat(folder, leaf.c_str(), &status, root_->follows_symlinks() ? 0 : AT_SYMLINK_NOFOLLOW) != 0) {
        return failure(path_error(errno, "stat", subject));
    }
    Stat answer;
    answer.object = object_of(request.name, status);
    if (answer.object.kind == Kind::symlink) answer.object.target = TRY(read_target(folder, leaf, subject));
    if (request.want_clock) answer.store_clock_ns = TRY(clock_of_root());
    return answer;
}

Result<std::int64_t> LocalStore::clock_of_root() const {
    constexpr int kFlags = O_WRONLY | O_CLOEXEC;
    file::Fd file(::openat(root_->fd(), ".", kFlags | O_TMPFILE, 0600));
    if (!file.valid() && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL)) {
        const std::string hidden = fmt::format(".haul-tmp-{}", random::token_hex(8));
        file = file::Fd(::openat(root_->fd(), hidden.c_str(), kFlags | O_CREAT | O_EXCL, 0600));
        if (file.valid()) ::unlinkat(root_->fd(), hidden.c_str(), 0);
    }
    if (!file.valid()) return failure(os_error(errno, "ask for the time of", root_->path()));
    const struct ::stat status = TRY(file::stat_of(file, root_->path()));
    return mtime_ns(status);
}

void LocalStore::read_many(std::span<Read> reads, const std::stop_token& stop) {
    reader_.read_many(reads, stop);
}

void LocalStore::write_many(std::span<Write> writes, const WriteOptions& options,
                            const std::stop_token& stop) {
    if (writes.empty()) return;
    BatchWriter({.root = *root_, .workers = workers_, .durability = durability_}, writes, options, stop)
        .run();
}

Result<std::unique_ptr<Upload>> LocalStore::open_upload(const UploadRequest& request) {
    return LocalUpload::open(root_, request);
}

Result<std::vector<PendingUpload>> LocalStore::uploads_of(const std::string& name) {
    TRY(check_name(name, "list uploads"));
    return std::vector<PendingUpload>();
}

void LocalStore::remove_many(std::span<Remove> removes, const std::stop_token& stop) {
    Remover(*root_, durability_).run(removes, stop);
}

}  // namespace haul::store::local
