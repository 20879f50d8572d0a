// Running a child to its end: feeds and drains its pipes, ends its group, reaps it.
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/file.h"
#include "base/process.h"
#include "base/started_child.h"

namespace haul::process {
namespace {

using file::Fd;

std::unexpected<Error> failed(std::string_view operation, const std::string& subject) {
    return failure(os_error(errno, std::string(operation), subject));
}

// Feeds and drains one child until it ends.
class Conversation {
  public:
    Conversation(const Command& command, StartedChild& started, const std::stop_token& stop)
        : command_(command), started_(started), stop_token_(stop), stop_(stop), unsent_(command.input) {
        if (unsent_.empty()) started_.input = Fd();
    }

    Result<Finished> run() {
        const auto deadline = clock::boot() + command_.limit;
        while (!ended_) {
            if (stop_token_.stop_requested())
                return failure(Code::interrupted, "run", subject(), "stopped on request");
            const auto left = deadline - clock::boot();
            if (left.count() <= 0)
                return failure(Code::timed_out, "run", subject(), "it took too long and was ended");
            TRY(wait(left));
        }
        finished_.exit_code = started_.child.reap();
        // What it wrote before it ended is in the pipes. Their end is not waited for: a daemon it left may
        // hold them.
        drain(started_.output, finished_.output);
        drain(started_.errors, finished_.errors);
        return std::move(finished_);
    }

  private:
    [[nodiscard]] const std::string& subject() const { return command_.argv.front(); }

    Status wait(clock::Nanoseconds left) {
        // poll's clock stands still during suspend, boot time does not: look again every second.
        const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(left);
        const int patience = static_cast<int>(std::min<std::int64_t>(milliseconds.count(), 1000));
        // Closed ones are -1, which poll passes over.
        std::array<::pollfd, 5> watched = {
            ::pollfd{started_.ended.get(), POLLIN, 0}, ::pollfd{stop_.get(), POLLIN, 0},
            ::pollfd{started_.input.get(), POLLOUT, 0}, ::pollfd{started_.output.get(), POLLIN, 0},
            ::pollfd{started_.errors.get(), POLLIN, 0}};
        if (::poll(watched.data(), watched.size(), patience) < 0 && errno != EINTR)
            return failed("wait for", subject());
        if (watched[2].revents != 0) feed();
        if (watched[3].revents != 0) drain(started_.output, finished_.output);
        if (watched[4].revents != 0) drain(started_.errors, finished_.errors);
        ended_ = watched[0].revents != 0;
        return {};
    }

    void feed() {
        const NoSigpipe guard;
        const ::ssize_t put = ::write(started_.input.get(), unsent_.data(), unsent_.size());
        if (put > 0) unsent_.remove_prefix(static_cast<std::size_t>(put));
        // A child may end its input early; what it makes of that shows in its exit code.
        const bool refused = put < 0 && errno != EAGAIN && errno != EINTR;
        if (refused || unsent_.empty()) started_.input = Fd();
    }

    // Reads what is there now, at most some rounds, so that an endless writer cannot keep us from the
    // deadline.
    void drain(Fd& from, std::string& into) {
        constexpr int kRounds = 64;
        for (int i = 0; i < kRounds && from.valid(); ++i) {
            const ::ssize_t got = ::read(from.get(), buffer_.data(), buffer_.size());
            if (got < 0 && errno == EINTR) continue;
            if (got < 0 && errno == EAGAIN) return;
            if (got <= 0) {
                from = Fd();
                return;
            }
            const std::size_t room = command_.output_limit - into.size();
            const std::size_t kept = std::min(room, static_cast<std::size_t>(got));
            into.append(buffer_.data(), kept);
            if (kept < static_cast<std::size_t>(got)) finished_.truncated = true;
        }
    }

    const Command& command_;
    StartedChild& started_;
    std::stop_token stop_token_;
    StopSignal stop_;
    std::string_view unsent_;
    Finished finished_;
    std::vector<char> buffer_ = std::vector<char>(64U << 10U);
    bool ended_ = false;
};

}  // namespace

Result<Finished> run(const Command& command, const std::stop_token& stop) {
    if (command.argv.empty()) return failure(Code::usage, "run", "", "no program was named");
    StartedChild started = TRY(start_child(command));
    return Conversation(command, started, stop).run();
}

}  // namespace haul::process
