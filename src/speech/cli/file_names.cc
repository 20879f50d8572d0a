#include "speech/cli/file_names.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "base/started_child.h"

namespace haul::speech {

Result<FileNames> FileNames::open(const cli::ListenOptions& options) {
    if (options.files.empty() && !options.files_from) {
        return failure(make_error(Code::usage, "listen", "", "no FILE was given")
                           .with_remedy("name files, or give --files-from FILE"));
    }
    FileNames names;
    names.given_ = options.files;
    if (!options.files_from) return names;
    names.from_ = *options.files_from;
    names.list_ = names.from_ == "-" ? file::Fd(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0))
                                     : file::Fd(::open(names.from_.c_str(), O_RDONLY | O_CLOEXEC));
    if (!names.list_.valid()) return failure(os_error(errno, "open", names.from_));
    return names;
}

Result<std::optional<std::string>> FileNames::next(const std::stop_token& stop) {
    if (next_given_ < given_.size()) return std::optional(given_[next_given_++]);
    while (true) {
        const std::size_t end = unread_.find('\n');
        if (end == std::string::npos && TRY(read_more(stop))) continue;
        std::string name = unread_.substr(0, end);
        unread_.erase(0, end == std::string::npos ? end : end + 1);
        if (!name.empty()) return std::optional(std::move(name));
        if (unread_.empty() && !list_.valid()) return std::optional<std::string>();
    }
}

Result<bool> FileNames::read_more(const std::stop_token& stop) {
    if (!list_.valid()) return false;
    const process::StopSignal stopped(stop);
    std::array<::pollfd, 2> watched = {::pollfd{list_.get(), POLLIN, 0}, ::pollfd{stopped.get(), POLLIN, 0}};
    if (::poll(watched.data(), watched.size(), -1) < 0 && errno != EINTR)
        return failure(os_error(errno, "wait for", from_));
    if (stop.stop_requested()) return failure(Code::interrupted, "read", from_, "stopped on request");
    if (watched[0].revents == 0) return true;
    std::array<char, 4096> buffer{};
    const ::ssize_t got = ::read(list_.get(), buffer.data(), buffer.size());
    if (got < 0) return errno == EINTR ? Result<bool>(true) : failure(os_error(errno, "read", from_));
    unread_.append(buffer.data(), static_cast<std::size_t>(got));
    if (got == 0) list_ = file::Fd();
    return got > 0;
}

}  // namespace haul::speech
