// Whole files that are there entirely or not at all.
#include <fcntl.h>
#include <unistd.h>

#include <utility>

#include "base/fault_point.h"
#include "base/file.h"
#include "base/random.h"

namespace haul::file {
namespace {

// A file that is removed again unless it was renamed.
class Temporary {
  public:
    Temporary(int folder, std::string name) : folder_(folder), name_(std::move(name)) {}
    ~Temporary() {
        if (!kept_) ::unlinkat(folder_, name_.c_str(), 0);
    }
    Temporary(const Temporary&) = delete;
    Temporary& operator=(const Temporary&) = delete;
    void keep() { kept_ = true; }

  private:
    int folder_;
    std::string name_;
    bool kept_ = false;
};

struct Place {
    std::string folder;  // "." where the path has none
    std::string name;
};

Place split(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos) return {".", path};
    return {slash == 0 ? "/" : path.substr(0, slash), path.substr(slash + 1)};
}

Status fill(int folder, const std::string& name, std::string_view bytes, mode_t mode,
            const std::string& subject) {
    Fd fd = TRY(open_at(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode));
    TRY(write_all(fd.get(), std::as_bytes(std::span(bytes)), 0, subject));
    FAULT_POINT("file.durable.before_sync");
    TRY(sync_file(fd.get(), subject));
    return fd.close(subject);
}

}  // namespace

Status write_durably(int root, const std::string& path, std::string_view bytes, bool create_only,
                     mode_t mode) {
    const Place place = split(path);
    if (place.name.empty() || place.name == "." || place.name == "..") {
        return failure(Code::usage, "write", path, "the path names no file");
    }
    const Fd folder = TRY(open_in(root, place.folder, O_RDONLY | O_DIRECTORY));
    const std::string name = ".haul-tmp-" + random::token_hex(4);
    Temporary temporary(folder.get(), name);
    TRY(fill(folder.get(), name, bytes, mode, path));
    FAULT_POINT("file.durable.before_rename");
    auto renamed = rename_at(folder.get(), name, folder.get(), place.name, create_only);
    if (!renamed) {
        // The temporary name says nothing to anyone.
        Error error = std::move(renamed).error();
        error.operation = "write";
        error.subject = path;
        return failure(std::move(error));
    }
    temporary.keep();
    FAULT_POINT("file.durable.after_rename");
    return sync_file(folder.get(), path);
}

}  // namespace haul::file
