#include "store/local/durability.h"

#include <fcntl.h>

#include <chrono>

#include "base/clock.h"

namespace haul::store::local {
namespace {

constexpr std::size_t kWorthWhole = 8;
constexpr std::chrono::seconds kSlow{5};

}  // namespace

bool Durability::prefers_whole(std::size_t changes) const { return changes >= kWorthWhole && !slow_; }

file::Fd Durability::begin(const Root& root) const {
    const int fd = root.open_folder({}, Links::refuse, O_RDONLY);
    return fd < 0 ? file::Fd() : file::Fd(fd);
}

Status Durability::sync_whole(int fd, std::string_view subject) {
    const auto begun = clock::boot();
    auto done = file::sync_file_system(fd, subject);
    if (clock::boot() - begun > kSlow) slow_ = true;
    return done;
}

}  // namespace haul::store::local
