// A disk that forgets: preloaded into the program (LD_PRELOAD), it notes what each fsync, fdatasync and
// syncfs made durable beneath $POWER_DISK, as copies beneath $POWER_SHADOW. After the program is killed,
// cut.py puts together what a power cut would have left: synced contents under synced names, and of the rest
// nothing, or a part by chance.
//
// Names become durable by syncing their folder, contents by syncing the file: no more than POSIX promises.
// An inode is named by its number and birth time, since numbers are used again.
//
//   $POWER_SHADOW/files/KEY     contents, mode and mtime as of the last sync
//   $POWER_SHADOW/folders/KEY   "MODE MTIME_NS", then a line an entry, names and targets in hex:
//                               "f|d|s KEY NAME" (file, folder, socket) or "l TARGET.MTIME_NS NAME"
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <string>

namespace {

namespace fs = std::filesystem;

std::mutex g_mutex;

std::string key_of(const fs::path& path) {
    struct statx about{};
    if (::statx(AT_FDCWD, path.c_str(), AT_SYMLINK_NOFOLLOW, STATX_INO | STATX_BTIME, &about) != 0) return {};
    return std::to_string(about.stx_ino) + "-" + std::to_string(about.stx_btime.tv_sec) + "." +
           std::to_string(about.stx_btime.tv_nsec);
}

std::string hex(const std::string& bytes) {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string text;
    for (const char byte : bytes) {
        const auto value = static_cast<unsigned char>(byte);
        text += kDigits[value / 16];
        text += kDigits[value % 16];
    }
    return text;
}

fs::path shadow(const char* kind, const std::string& key) {
    return fs::path(std::getenv("POWER_SHADOW")) / kind / key;
}

// Whole or not at all: the program may be killed while another of its threads is in here.
fs::path unfinished() {
    static std::atomic<unsigned> counter{0};
    return shadow("unfinished", std::to_string(::getpid()) + "." + std::to_string(counter++));
}

void note_file(const fs::path& path) {
    struct stat about{};
    const std::string key = key_of(path);
    if (key.empty() || ::stat(path.c_str(), &about) != 0) return;
    const fs::path copy = unfinished();
    std::error_code ignored;
    fs::copy_file(path, copy, ignored);
    const struct timespec times[2] = {about.st_atim, about.st_mtim};
    ::utimensat(AT_FDCWD, copy.c_str(), times, 0);
    ::chmod(copy.c_str(), about.st_mode & 07777);
    fs::rename(copy, shadow("files", key), ignored);
}

long long nanoseconds(const struct stat& about) {
    return about.st_mtim.tv_sec * 1'000'000'000LL + about.st_mtim.tv_nsec;
}

std::string entry_line(const fs::directory_entry& entry) {
    const std::string name = hex(entry.path().filename().string());
    struct stat about{};
    const std::string key = key_of(entry.path());
    if (key.empty() || ::lstat(entry.path().c_str(), &about) != 0) return {};
    if (S_ISLNK(about.st_mode)) {
        return "l " + hex(fs::read_symlink(entry.path()).string()) + "." +
               std::to_string(nanoseconds(about)) + " " + name + "\n";
    }
    const char kind = S_ISDIR(about.st_mode) ? 'd' : S_ISREG(about.st_mode) ? 'f' : 's';
    return std::string(1, kind) + " " + key + " " + name + "\n";
}

void note_folder(const fs::path& path) {
    struct stat about{};
    const std::string key = key_of(path);
    if (key.empty() || ::stat(path.c_str(), &about) != 0) return;
    const fs::path copy = unfinished();
    {
        std::ofstream out(copy, std::ios::binary);
        out << (about.st_mode & 07777) << " " << nanoseconds(about) << "\n";
        std::error_code ignored;
        for (const auto& entry : fs::directory_iterator(path, ignored)) out << entry_line(entry);
    }
    std::error_code ignored;
    fs::rename(copy, shadow("folders", key), ignored);
}

void note_everything(const fs::path& path) {
    note_folder(path);
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(path, ignored)) {
        if (entry.is_symlink()) continue;
        if (entry.is_directory()) {
            note_everything(entry.path());
        } else if (entry.is_regular_file()) {
            note_file(entry.path());
        }
    }
}

// Empty where the descriptor is of no file beneath the disk.
std::string path_on_disk(int fd) {
    const char* disk = std::getenv("POWER_DISK");
    if (disk == nullptr || std::getenv("POWER_SHADOW") == nullptr) return {};
    std::error_code failed;
    const std::string path = fs::read_symlink("/proc/self/fd/" + std::to_string(fd), failed).string();
    const std::string top = disk;
    const bool beneath = path == top || path.compare(0, top.size() + 1, top + "/") == 0;
    return !failed && beneath ? path : std::string();
}

int note_one(int fd) {
    const std::lock_guard lock(g_mutex);
    const std::string path = path_on_disk(fd);
    std::error_code ignored;
    if (path.empty()) return 0;
    if (fs::is_directory(path, ignored)) {
        note_folder(path);
    } else if (fs::is_regular_file(path, ignored)) {
        note_file(path);
    }
    return 0;
}

}  // namespace

extern "C" {

int fsync(int fd) { return note_one(fd); }

int fdatasync(int fd) { return note_one(fd); }

int syncfs(int fd) {
    const std::lock_guard lock(g_mutex);
    if (!path_on_disk(fd).empty()) note_everything(std::getenv("POWER_DISK"));
    return 0;
}
}
