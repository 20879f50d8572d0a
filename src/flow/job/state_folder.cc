#include "flow/job/state_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/file.h"
#include "base/units.h"
#include "flow/job/job.h"

namespace haul::job {
namespace {

namespace fs = std::filesystem;

// Folders above may be reached through symlinks, as homes are; what is missing is made beneath the last one
// that exists.
Status make_missing(const std::string& path) {
    fs::path existing = path;
    std::error_code ignored;
    while (!fs::exists(existing, ignored) && existing.has_relative_path()) existing = existing.parent_path();
    const fs::path missing = fs::path(path).lexically_relative(existing);
    const file::Fd root = TRY(file::open_folder(existing.string()));
    if (missing == ".") return {};
    return file::make_folders(root.get(), missing.string(), 0700, existing.string());
}

Status check_writable(const std::string& path) {
    if (::faccessat(AT_FDCWD, path.c_str(), W_OK | X_OK, AT_EACCESS) == 0) return {};
    return failure(os_error(errno, "write to", path));
}

Result<std::string> make_state(const std::string& wanted) {
    std::error_code error;
    fs::path path = fs::absolute(wanted, error).lexically_normal();
    if (!path.has_filename()) path = path.parent_path();
    if (error) return failure(os_error(error.value(), "find", wanted));
    TRY(make_missing(path.string()));
    TRY(check_writable(path.string()));
    const fs::path resolved = fs::canonical(path, error);
    if (error) return failure(os_error(error.value(), "resolve", path.string()));
    TRY(make_missing(jobs_folder(resolved.string())));
    TRY(check_writable(jobs_folder(resolved.string())));
    return resolved.string();
}

std::string free_text(const std::string& state) {
    const Result<file::Fd> folder = file::open_folder(state);
    if (!folder) return "no room there";
    const Result<std::uint64_t> free = file::free_bytes(folder->get());
    return free ? units::size_text(*free) + " free there" : "no room there";
}

}  // namespace

Result<std::string> default_state() {
    const char* xdg = std::getenv("XDG_STATE_HOME");
    if (xdg != nullptr && *xdg == '/') return std::string(xdg) + "/haul";
    const char* home = std::getenv("HOME");
    if (home != nullptr && *home == '/') return std::string(home) + "/.local/state/haul";
    return failure(make_error(Code::usage, "find", "state folder", "neither XDG_STATE_HOME nor HOME is set")
                       .with_remedy("name one with --state DIR"));
}

std::string jobs_folder(const std::string& state) { return state + "/jobs"; }

Error explain(Error error, const std::string& state) {
    if (error.code == Code::no_space) {
        Error wider = std::move(error).within("write to state folder", state);
        wider.detail = free_text(state);
        wider.kept = "all that was done; the same command continues";
        return std::move(wider).with_remedy("make room there, or name another folder with --state DIR");
    }
    if (error.code == Code::denied) {
        return std::move(error)
            .within("write to state folder", state)
            .with_remedy("name a folder that you may write to with --state DIR");
    }
    return error;
}

Error explain_end(Error error, const std::string& state, const std::string& destination) {
    if (error.code != Code::no_space) return error;
    for (const Error* link = &error; link != nullptr; link = link->cause.get()) {
        if (link->subject.starts_with(state)) return explain(std::move(error), state);
    }
    constexpr const char* kept = "all that is finished; the same command continues";
    if (!error.remedy.empty()) {
        error.kept = kept;
        return error;
    }
    Error wider = std::move(error).within("write to", destination);
    if (destination.starts_with('/')) wider.detail = free_text(destination);
    wider.kept = kept;
    return std::move(wider).with_remedy("make room there and run the same command again");
}

Result<std::string> open_state(const std::optional<std::string>& given) {
    const std::string wanted = given ? *given : TRY(default_state());
    if (wanted.empty())
        return failure(make_error(Code::usage, "use", "state folder", "--state names no folder")
                           .with_remedy("give it a path, or leave it out"));
    Result<std::string> state = make_state(wanted);
    if (!state) {
        Error error = explain(std::move(state).error(), wanted);
        if (!error.remedy.empty()) return failure(std::move(error));
        return failure(std::move(error)
                           .within("make state folder", wanted)
                           .with_remedy("name a folder that you may write to with --state DIR"));
    }
    return state;
}

}  // namespace haul::job
