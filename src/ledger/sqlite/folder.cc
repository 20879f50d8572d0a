#include "ledger/sqlite/folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "base/file.h"

namespace haul::ledger::sqlite {
namespace {

constexpr const char* kOperation = "open ledger";
constexpr const char* kElsewhere = "allow writing there, or keep the state elsewhere with --state DIR";

Status may(const std::string& path, int mode) {
    if (::faccessat(AT_FDCWD, path.c_str(), mode, AT_EACCESS) == 0) return {};
    return failure(os_error(errno, kOperation, path).with_remedy(kElsewhere));
}

}  // namespace

std::string Place::in_folder(const std::string& other_name) const {
    return folder.ends_with('/') ? folder + other_name : folder + "/" + other_name;
}

Place place_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos) return {.folder = ".", .name = path};
    return {.folder = slash == 0 ? "/" : path.substr(0, slash), .name = path.substr(slash + 1)};
}

Status check_access(const std::string& path) {
    const Place place = place_of(path);
    TRY(may(place.folder, W_OK | X_OK));
    const auto found = file::stat_at(AT_FDCWD, path, true);
    if (!found.has_value()) {
        if (found.error().code == Code::not_found) return {};
        return failure(found.error());
    }
    if (!S_ISREG(found->st_mode)) return failure(Code::io, kOperation, path, "it is not a regular file");
    return may(path, R_OK | W_OK);
}

Status sync_folder_of(const std::string& path) {
    const file::Fd folder = TRY(file::open_folder(place_of(path).folder));
    return file::sync_folder(folder.get(), ".");
}

}  // namespace haul::ledger::sqlite
