#include "flow/collect/export/view_file.h"

#include <fcntl.h>

#include <span>
#include <utility>

#include "base/text.h"

namespace haul::collect {
namespace {

constexpr std::size_t kBuffer = 256U << 10U;

}  // namespace

ViewFile::ViewFile(file::Fd fd, std::string path, std::string name)
    : fd_(std::move(fd)), path_(std::move(path)) {
    view_.name = std::move(name);
}

Result<ViewFile> ViewFile::create(const std::string& folder, const std::string& name) {
    std::string path = folder + "/" + name;
    file::Fd fd = TRY(file::open_at(AT_FDCWD, path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600));
    return ViewFile(std::move(fd), std::move(path), name);
}

Status ViewFile::write(std::string_view text) {
    buffer_ += text;
    return buffer_.size() < kBuffer ? Status() : flush();
}

Status ViewFile::flush() {
    const auto bytes = std::as_bytes(std::span(buffer_));
    TRY(file::write_all(fd_.get(), bytes, view_.bytes, path_));
    hasher_.update(bytes);
    view_.bytes += bytes.size();
    buffer_.clear();
    return {};
}

Result<View> ViewFile::finish() {
    TRY(flush());
    TRY(fd_.close(path_));
    const std::string digest = hasher_.finish();
    view_.sha256 = text::hex(std::as_bytes(std::span(digest)));
    return view_;
}

}  // namespace haul::collect
