// For tests only: a fresh folder that goes away with its test.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "base/file.h"

namespace haul::test {

class Folder {
  public:
    explicit Folder(const std::string& parent = "/tmp") : path_(parent + "/haul-test-XXXXXX") {
        if (::mkdtemp(path_.data()) == nullptr) std::abort();
        auto fd = file::open_folder(path_);
        if (!fd) std::abort();
        fd_ = *std::move(fd);
    }
    ~Folder() { static_cast<void>(file::remove_tree(AT_FDCWD, path_)); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] std::string path(const std::string& name) const { return path_ + "/" + name; }
    [[nodiscard]] int fd() const { return fd_.get(); }

  private:
    std::string path_;
    file::Fd fd_;
};

}  // namespace haul::test
