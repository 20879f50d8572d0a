#include "base/companion.h"

#include <poll.h>
#include <unistd.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/started_child.h"
#include "base/text.h"

namespace haul::process {
namespace {

constexpr std::size_t kComplaintKept = 2048;  // of what it wrote to its standard error, the end

}  // namespace

struct Companion::State {
    std::string name;
    std::optional<StartedChild> started;
    std::string heard{};      // read of its answers, and not asked for yet
    std::string complaint{};  // the end of its standard error
    std::vector<char> buffer = std::vector<char>(64U << 10U);

    Error ended_by_us(Code code, const std::string& why) {
        started.reset();
        return make_error(code, "ask", name, why);
    }
    // It ended, or is of no use any more.
    Error lost(const std::string& why) {
        const int code = started->child.reap();
        started.reset();
        const std::string last = complaint.empty() ? "" : "; it said: " + text::printable(complaint);
        return make_error(Code::io, "ask", name, fmt::format("{} (exit code {}){}", why, code, last));
    }
    // Reads what is there now; false: nothing more will come.
    bool drain(const file::Fd& from, std::string& into) {
        while (true) {
            const ::ssize_t got = ::read(from.get(), buffer.data(), buffer.size());
            if (got < 0 && errno == EINTR) continue;
            if (got < 0) return errno == EAGAIN;
            if (got == 0) return false;
            into.append(buffer.data(), static_cast<std::size_t>(got));
            if (into.size() > buffer.size()) return true;  // more at the next look
        }
    }
    void hear_complaint() {
        if (!drain(started->errors, complaint)) started->errors = file::Fd();
        if (complaint.size() > kComplaintKept) complaint.erase(0, complaint.size() - kComplaintKept);
    }
    void say(std::string_view& unsent) {
        const NoSigpipe guard;
        const ::ssize_t put = ::write(started->input.get(), unsent.data(), unsent.size());
        if (put > 0) unsent.remove_prefix(static_cast<std::size_t>(put));
    }
    std::optional<std::string> whole_line() {
        const std::size_t end = heard.find('\n');
        if (end == std::string::npos) return std::nullopt;
        std::string line = heard.substr(0, end);
        heard.erase(0, end + 1);
        return line;
    }
};

Companion::Companion(std::unique_ptr<State> state) : state_(std::move(state)) {}
Companion::Companion(Companion&&) noexcept = default;
Companion& Companion::operator=(Companion&&) noexcept = default;
Companion::~Companion() = default;

Result<Companion> Companion::start(const Command& command) {
    if (command.argv.empty()) return failure(Code::usage, "start", "", "no program was named");
    auto state = std::make_unique<State>();
    state->name = command.argv.front();
    state->started.emplace(TRY(start_child(command)));
    return Companion(std::move(state));
}

bool Companion::ended() const { return !state_->started; }

::pid_t Companion::pid() const { return state_->started ? state_->started->child.pid() : 0; }

Result<std::string> Companion::ask(std::string_view line, std::chrono::nanoseconds limit,
                                   const std::stop_token& stop, std::size_t most) {
    State& state = *state_;
    if (ended()) return failure(Code::io, "ask", state.name, "it ended before");
    const std::string sent = std::string(line) + "\n";
    std::string_view unsent = sent;
    const StopSignal stopped(stop);
    const auto deadline = clock::boot() + limit;
    while (true) {
        if (auto answer = state.whole_line()) return *std::move(answer);
        if (stop.stop_requested()) return failure(state.ended_by_us(Code::interrupted, "stopped on request"));
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - clock::boot());
        if (left.count() <= 0)
            return failure(state.ended_by_us(Code::timed_out, "it did not answer in time, and was ended"));
        // poll's clock stands still during suspend, boot time does not: look again every second.
        const int patience = static_cast<int>(std::min<std::int64_t>(left.count(), 1000));
        StartedChild& child = *state.started;
        std::array<::pollfd, 5> watched = {
            ::pollfd{child.ended.get(), POLLIN, 0}, ::pollfd{stopped.get(), POLLIN, 0},
            ::pollfd{unsent.empty() ? -1 : child.input.get(), POLLOUT, 0},
            ::pollfd{child.output.get(), POLLIN, 0}, ::pollfd{child.errors.get(), POLLIN, 0}};
        if (::poll(watched.data(), watched.size(), patience) < 0 && errno != EINTR)
            return failure(os_error(errno, "wait for", state.name));
        if (watched[2].revents != 0) state.say(unsent);
        if (watched[4].revents != 0) state.hear_complaint();
        if (watched[3].revents != 0 && !state.drain(child.output, state.heard) &&
            state.heard.find('\n') == std::string::npos)
            return failure(state.lost("it ended without an answer"));
        if (state.heard.size() > most) return failure(state.lost("its answer is too long"));
        if (watched[0].revents != 0 && watched[3].revents == 0)
            return failure(state.lost("it ended without an answer"));
    }
}

}  // namespace haul::process
