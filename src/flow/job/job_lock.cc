#include "flow/job/job_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <span>

#include "base/clock.h"

namespace haul::job {
namespace {

constexpr int kAttempts = 6;
constexpr std::chrono::milliseconds kPause{20};

std::string lock_path(const std::string& folder) { return folder + "/lock"; }

// False where the folder was removed, and perhaps made again, between open and lock: then we hold nobody's
// lock.
bool is_still_there(const file::Fd& lock, const std::string& path) {
    struct ::stat held{}, named{};
    return ::fstat(lock.get(), &held) == 0 && ::stat(path.c_str(), &named) == 0 &&
           held.st_dev == named.st_dev && held.st_ino == named.st_ino;
}

// For the message of whoever finds it held. On a full disk it stays empty; the next durable write says so.
void sign(const file::Fd& lock) {
    const std::string pid = fmt::format("{}\n", ::getpid());
    if (::ftruncate(lock.get(), 0) != 0) return;
    [[maybe_unused]] const ::ssize_t put = ::pwrite(lock.get(), pid.data(), pid.size(), 0);
}

Error held_elsewhere(const std::string& folder) {
    const Result<std::string> pid = file::read_whole(lock_path(folder), 64);
    const bool known = pid && pid->size() > 1;
    Error error =
        make_error(Code::busy, "open job", folder,
                   known ? fmt::format("process {} is at work on it", pid->substr(0, pid->size() - 1))
                         : "another process is at work on it");
    return std::move(error).with_remedy("watch it with `haul status`, stop it with `haul cancel`");
}

}  // namespace

Result<file::Fd> lock_job(const std::string& folder) {
    const std::string path = lock_path(folder);
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
        if (attempt > 0) clock::sleep(kPause, {});
        Result<file::Fd> lock = file::lock(path);
        if (!lock && lock.error().code == Code::busy) continue;
        if (!lock) return failure(std::move(lock).error());
        if (!is_still_there(*lock, path)) continue;
        sign(*lock);
        return *std::move(lock);
    }
    return failure(held_elsewhere(folder));
}

bool is_held(const std::string& folder) {
    const Result<file::Fd> lock = file::open_at(AT_FDCWD, lock_path(folder), O_RDONLY);
    return lock && ::flock(lock->get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

}  // namespace haul::job
