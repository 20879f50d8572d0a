#include "store/local/publish.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <utility>

#include "store/local/status.h"

namespace haul::store::local {
namespace {

constexpr const char* kPublish = "write";

Error exists(const std::string& subject) {
    Error error = make_error(Code::exists, kPublish, subject, "something of this name is there already");
    error.os_error = EEXIST;
    return error;
}

// For file systems that know no RENAME_NOREPLACE: a hard link is create-only everywhere.
Status link_into_place(const Entry& temporary, const Entry& target, const std::string& subject) {
    if (::linkat(temporary.folder, temporary.leaf.c_str(), target.folder, target.leaf.c_str(), 0) != 0) {
        return failure(errno == EEXIST ? exists(subject) : path_error(errno, kPublish, subject));
    }
    if (::unlinkat(temporary.folder, temporary.leaf.c_str(), 0) != 0) {
        return failure(path_error(errno, kPublish, subject));
    }
    return {};
}

}  // namespace

Status check_version(const Entry& entry, const Version& condition, std::string operation,
                     const std::string& subject) {
    if (condition.tag.empty()) return {};
    struct ::stat status{};
    const bool there = ::fstatat(entry.folder, entry.leaf.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0;
    if (!there && errno != ENOENT) return failure(path_error(errno, std::move(operation), subject));
    if (there && matches(condition, status)) return {};
    return failure(Code::changed, std::move(operation), subject,
                   there ? "it is no longer the version that was asked for" : "it is no longer there");
}

Status publish(const Entry& temporary, const Entry& target, const Condition& condition,
               const std::string& subject) {
    if (condition.kind == Condition::Kind::replace) {
        TRY(check_version(target, condition.version, kPublish, subject));
    }
    const bool create_only = condition.kind == Condition::Kind::create_only;
    const unsigned flags = create_only ? RENAME_NOREPLACE : 0U;
    if (::renameat2(temporary.folder, temporary.leaf.c_str(), target.folder, target.leaf.c_str(), flags) ==
        0) {
        return {};
    }
    if (create_only && errno == EEXIST) return failure(exists(subject));
    if (create_only && errno == EINVAL) return link_into_place(temporary, target, subject);
    return failure(path_error(errno, kPublish, subject));
}

}  // namespace haul::store::local
