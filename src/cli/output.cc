#include "cli/output.h"

#include <unistd.h>

#include <cstddef>

#include "base/file.h"

namespace haul::cli {

Status Output::write(std::string_view text) {
    constexpr std::size_t kBuffer = 64 * 1024;
    pending_ += text;
    if (pending_.size() < kBuffer) return {};
    return flush();
}

Status Output::flush() {
    if (pending_.empty()) return {};
    const Status status = print(pending_);
    pending_.clear();
    return status;
}

Status print(std::string_view text) {
    return file::append_all(STDOUT_FILENO, std::as_bytes(std::span(text)), "standard output");
}

void complain(std::string_view text) {
    static_cast<void>(file::append_all(STDERR_FILENO, std::as_bytes(std::span(text)), "standard error"));
}

}  // namespace haul::cli
