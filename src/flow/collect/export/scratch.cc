#include "flow/collect/export/scratch.h"

#include <fcntl.h>

#include <utility>

#include "base/file.h"
#include "flow/collect/export/publish.h"

namespace haul::collect {
namespace {

constexpr const char* kSending = "/sending";
constexpr std::uint64_t kLongest = 64;

Status end_what_was_begun(const std::string& note, store::Store& corpus) {
    const auto state = file::read_whole(note, kLongest);
    if (!state && state.error().code == Code::not_found) return {};
    // The note is made whole or not at all; one of somebody else's is no reason not to export.
    if (!state || !is_state(*state)) return {};
    return end_uploads(corpus, *state);
}

}  // namespace

Scratch::Scratch(std::string path) : path_(std::move(path)), views_(path_ + "/views") {}

Scratch::Scratch(Scratch&& other) noexcept
    : path_(std::exchange(other.path_, {})), views_(std::move(other.views_)) {}

Scratch::~Scratch() {
    if (path_.empty()) return;
    static_cast<void>(file::remove_tree(AT_FDCWD, views_));
    static_cast<void>(file::remove_tree(AT_FDCWD, path_ + kSending));
}

Result<Scratch> Scratch::open(const std::string& path, store::Store& corpus) {
    TRY(end_what_was_begun(path + kSending, corpus));
    TRY(file::remove_tree(AT_FDCWD, path));
    Scratch scratch(path);
    TRY(file::make_folders(AT_FDCWD, scratch.views_, 0700));
    return scratch;
}

Status Scratch::note_sending(const std::string& state) const {
    return file::write_durably(AT_FDCWD, path_ + kSending, state, false, 0600);
}

}  // namespace haul::collect
