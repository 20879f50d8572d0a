#include "store/local/folder_names.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "store/local/status.h"

namespace haul::store::local {
namespace {

bool names_folder(const struct ::dirent64& entry, const NamesRequest& request) {
    if (entry.d_type == DT_DIR) return true;
    const bool ask = entry.d_type == DT_UNKNOWN || (entry.d_type == DT_LNK && request.follow_symlinks);
    if (!ask) return false;
    struct ::stat status{};
    const int flags = request.follow_symlinks ? 0 : AT_SYMLINK_NOFOLLOW;
    return ::fstatat(request.folder, entry.d_name, &status, flags) == 0 && S_ISDIR(status.st_mode);
}

}  // namespace

Result<FolderNames> FolderNames::read(const NamesRequest& request) {
    FolderNames names;
    TRY(names.read_all(request));
    if (names.runs_) {
        TRY(names.spill(request));
        names.keys_ = {};
        names.order_ = {};
        TRY(names.runs_->start());
        return names;
    }
    names.sort();
    return names;
}

Status FolderNames::read_all(const NamesRequest& request) {
    alignas(::dirent64) std::array<char, 32U << 10U> buffer;
    for (;;) {
        const ::ssize_t got = ::getdents64(request.folder, buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return failure(path_error(errno, "list", request.subject));
        if (got == 0) return {};
        for (std::size_t at = 0; at < static_cast<std::size_t>(got);) {
            const auto* entry = reinterpret_cast<const ::dirent64*>(buffer.data() + at);
            at += entry->d_reclen;
            const std::string_view name = entry->d_name;
            if (name == "." || name == "..") continue;
            TRY(add(name, names_folder(*entry, request), request));
        }
    }
}

Status FolderNames::add(std::string_view name, bool is_folder, const NamesRequest& request) {
    if (order_.size() >= request.limit) TRY(spill(request));
    const auto length = static_cast<std::uint16_t>(name.size() + (is_folder ? 1U : 0U));
    order_.push_back({.offset = static_cast<std::uint32_t>(keys_.size()), .length = length});
    keys_ += name;
    if (is_folder) keys_ += '/';
    return {};
}

Status FolderNames::spill(const NamesRequest& request) {
    sort();
    if (!runs_) runs_ = std::make_unique<NameRuns>(request.sort_folder);
    TRY(runs_->begin_run());
    for (const Entry& entry : order_) TRY(runs_->append(key(entry)));
    TRY(runs_->end_run());
    keys_.clear();
    order_.clear();
    return {};
}

void FolderNames::sort() {
    std::ranges::sort(order_, [this](const Entry& a, const Entry& b) { return key(a) < key(b); });
}

Result<std::string_view> FolderNames::next() {
    if (runs_) return runs_->next();
    if (at_ == order_.size()) return std::string_view{};
    return key(order_[at_++]);
}

}  // namespace haul::store::local
