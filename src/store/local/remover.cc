#include "store/local/remover.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "store/local/publish.h"
#include "store/local/status.h"

namespace haul::store::local {

void Remover::run(std::span<Remove> removes, const std::stop_token& stop) {
    for (Remove& request : removes) {
        request.result = stop.stop_requested() ? failure(Code::interrupted, "remove",
                                                         root_.subject(request.name), "stopped on request")
                                               : remove(request);
    }
    const Status synced = sync();
    if (synced.has_value()) return;
    for (Remove& request : removes) {
        if (request.result.has_value()) request.result = synced;
    }
}

Status Remover::remove(const Remove& request) {
    TRY(check_name(request.name, "remove"));
    const std::string subject = root_.subject(request.name);
    const Split split = split_name(request.name);
    auto folder = folders_.get(split.folder);
    if (!folder.has_value()) {
        return folder.error().code == Code::not_found ? Status() : failure(std::move(folder).error());
    }
    const Entry entry{.folder = (*folder)->fd.get(), .leaf = std::string(split.leaf)};
    // Also when nothing is there: who removed it may have died before that was durable.
    touched_.emplace((*folder)->path, (*folder)->place);
    auto expected = check_version(entry, request.version, "remove", subject);
    const bool gone =
        ::faccessat(entry.folder, entry.leaf.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT;
    if (gone) return {};
    TRY(std::move(expected));
    if (::unlinkat(entry.folder, entry.leaf.c_str(), request.folder ? AT_REMOVEDIR : 0) == 0) return {};
    if (errno == ENOENT) return {};
    Error error = path_error(errno, "remove", subject);
    if (error.os_error == ENOTEMPTY) error.detail = "the folder is not empty";
    return failure(std::move(error));
}

Status Remover::sync() {
    if (touched_.empty()) return {};
    const bool whole = durability_.prefers_whole(touched_.size());
    const Place here = place_of(root_.fd());
    if (whole) {
        const file::Fd fd = durability_.begin(root_);
        if (!fd.valid()) return failure(os_error(EACCES, "remove", root_.path()));
        TRY(durability_.sync_whole(fd.get(), root_.path()));
    }
    for (const auto& [path, place] : touched_) {
        if (whole && place == here) continue;
        auto folder = folders_.get(path);
        if (!folder.has_value() && folder.error().code == Code::not_found)
            continue;  // removed itself, later in the batch
        if (!folder.has_value()) return failure(std::move(folder).error());
        TRY(sync_folder(root_, **folder));
    }
    return {};
}

}  // namespace haul::store::local
