#include "store/local/name_runs.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <span>
#include <utility>

namespace haul::store::local {
namespace {

constexpr std::size_t kWriteBuffer = 1U << 20U;
constexpr std::size_t kReadBuffers = 4U << 20U;  // all runs together
constexpr std::size_t kLeastBuffer = 4U << 10U;
constexpr std::size_t kMostBuffer = 64U << 10U;

std::string sort_folder_or_default(std::string folder) {
    if (!folder.empty()) return folder;
    const char* configured = ::getenv("TMPDIR");
    return configured != nullptr && *configured != '\0' ? configured : "/tmp";
}

}  // namespace

NameRuns::NameRuns(std::string folder) : folder_(sort_folder_or_default(std::move(folder))) {}

Status NameRuns::make_file() {
    int fd = ::open(folder_.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR)) {
        std::string path = folder_ + "/.haul-sort-XXXXXX";
        fd = ::mkostemp(path.data(), O_CLOEXEC);
        if (fd >= 0) ::unlink(path.c_str());
    }
    if (fd < 0) {
        return failure(os_error(errno, "make a file to sort names in", folder_)
                           .with_remedy("set TMPDIR to a folder that can be written"));
    }
    file_ = file::Fd(fd);
    return {};
}

Status NameRuns::begin_run() {
    if (!file_.valid()) TRY(make_file());
    Run run;
    run.at = written_;
    runs_.push_back(std::move(run));
    return {};
}

Status NameRuns::append(std::string_view name) {
    const auto length = static_cast<std::uint16_t>(name.size());
    out_.append(reinterpret_cast<const char*>(&length), sizeof length);
    out_ += name;
    if (out_.size() >= kWriteBuffer) TRY(write_out());
    return {};
}

Status NameRuns::end_run() {
    TRY(write_out());
    runs_.back().end = written_;
    return {};
}

Status NameRuns::write_out() {
    TRY(file::write_all(file_.get(), std::as_bytes(std::span(out_)), written_, folder_));
    written_ += out_.size();
    out_.clear();
    return {};
}

Status NameRuns::start() {
    out_ = {};
    buffer_size_ =
        std::clamp(kReadBuffers / std::max<std::size_t>(runs_.size(), 1), kLeastBuffer, kMostBuffer);
    for (std::size_t run = 0; run < runs_.size(); ++run) {
        TRY(advance(runs_[run]));
        if (!runs_[run].name.empty()) heap_.push_back(run);
    }
    const auto later = [this](std::size_t a, std::size_t b) { return runs_[a].name > runs_[b].name; };
    std::ranges::make_heap(heap_, later);
    return {};
}

Result<std::string_view> NameRuns::next() {
    const auto later = [this](std::size_t a, std::size_t b) { return runs_[a].name > runs_[b].name; };
    if (std::exchange(advance_first_, false)) {
        std::ranges::pop_heap(heap_, later);
        Run& run = runs_[heap_.back()];
        TRY(advance(run));
        if (run.name.empty()) {
            heap_.pop_back();
        } else {
            std::ranges::push_heap(heap_, later);
        }
    }
    if (heap_.empty()) return std::string_view{};
    advance_first_ = true;
    return runs_[heap_.front()].name;
}

Status NameRuns::advance(Run& run) {
    std::uint16_t length = 0;
    const auto whole = [&] {
        const std::size_t left = run.buffer.size() - run.position;
        if (left < sizeof length) return false;
        std::memcpy(&length, run.buffer.data() + run.position, sizeof length);
        return left >= sizeof length + length;
    };
    if (!whole()) {
        TRY(refill(run));
        if (!whole()) {
            run.name = {};
            return {};
        }
    }
    run.name = std::string_view(run.buffer).substr(run.position + sizeof length, length);
    run.position += sizeof length + length;
    return {};
}

Status NameRuns::refill(Run& run) {
    run.buffer.erase(0, run.position);
    run.position = 0;
    const std::size_t kept = run.buffer.size();
    const auto more = std::min<std::uint64_t>(run.end - run.at, buffer_size_);
    run.buffer.resize(kept + more);
    const std::span<char> into = std::span(run.buffer).subspan(kept);
    TRY(file::read_exact(file_.get(), std::as_writable_bytes(into), run.at, folder_));
    run.at += more;
    return {};
}

}  // namespace haul::store::local
