#include "speech/decode/decoder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <string_view>
#include <utility>

#include "speech/decode/child_process.h"
#include "speech/decode/exchange.h"
#include "speech/decode/wire.h"

namespace haul::speech {
namespace {

struct Source {
    file::Fd fd;
    std::uint64_t bytes = 0;
};

std::string_view kind_of(::mode_t mode) {
    if (S_ISDIR(mode)) return "a folder";
    if (S_ISFIFO(mode)) return "a FIFO";
    if (S_ISSOCK(mode)) return "a socket";
    return "a device";
}

Result<Source> open_source(const std::string& path) {
    Source source;
    // O_NONBLOCK: a FIFO that nobody writes to would keep us here.
    auto opened = file::open_at(AT_FDCWD, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    if (!opened && opened.error().os_error == ENXIO)  // a socket
        return failure(Code::unsupported, "decode", path, "it is not a regular file");
    source.fd = TRY(std::move(opened));
    const auto about = TRY(file::stat_of(source.fd, path));
    if (!S_ISREG(about.st_mode)) {
        Error wrong = make_error(Code::unsupported, "decode", path,
                                 fmt::format("it is {}, not a regular file", kind_of(about.st_mode)));
        if (S_ISDIR(about.st_mode)) wrong.remedy = "name the files in it";
        return failure(std::move(wrong));
    }
    if (about.st_size == 0) return failure(Code::corrupt, "decode", path, "the file is empty");
    source.bytes = static_cast<std::uint64_t>(about.st_size);
    return source;
}

bool is_readable(int socket, int milliseconds) {
    ::pollfd watched{socket, POLLIN, 0};
    return ::poll(&watched, 1, milliseconds) > 0;
}

}  // namespace

struct Decoder::State {
    DecodeOptions options;
    std::optional<ChildProcess> child;

    Status have_child();
    int end_child();
};

// One that is ready for a file.
Status Decoder::State::have_child() {
    // It says nothing unasked: what is to be read is its end.
    if (child && is_readable(child->socket(), 0)) child.reset();
    if (child) return {};
    child.emplace(TRY(ChildProcess::start(options.program)));
    constexpr int kStart = 30'000;  // ms: a program on a slow disk
    const auto packet = std::make_unique<wire::Packet>();
    const auto failed = [&](Code code, std::string why) {
        child.reset();
        return failure(code, "start", "the decoder", std::move(why));
    };
    if (!is_readable(child->socket(), kStart)) return failed(Code::timed_out, "it did not get ready");
    const wire::Received received = wire::receive(child->socket(), *packet);
    if (received == wire::Received::packet && packet->kind == wire::Kind::ready) return {};
    if (received == wire::Received::packet && packet->kind == wire::Kind::not_ready) {
        const auto why = packet->as<wire::NotReady>();
        const std::string step = wire::text_of(why.step);
        child.reset();
        if (step == "start") return failure(os_error(why.os_error, "start", options.program.front()));
        return failure(
            make_error(Code::unsupported, "confine", "the decoder",
                       fmt::format("it could not {}: {}", step, os_error(why.os_error, "", "").detail))
                .with_remedy("files of others are not decoded without; use a kernel with seccomp"));
    }
    return failed(Code::internal, fmt::format("it {}", ending_text(end_child())));
}

int Decoder::State::end_child() {
    const int status = child->end();
    child.reset();
    return status;
}

Decoder::Decoder(std::unique_ptr<State> state) : state_(std::move(state)) {}
Decoder::Decoder(Decoder&&) noexcept = default;
Decoder& Decoder::operator=(Decoder&&) noexcept = default;
Decoder::~Decoder() = default;

Result<Decoder> Decoder::create(DecodeOptions options) {
    auto state = std::make_unique<State>();
    state->options = std::move(options);
    TRY(state->have_child());
    return Decoder(std::move(state));
}

Result<Decoded> Decoder::decode(const std::string& path,
                                const std::function<Status(std::span<const float>)>& take,
                                const std::stop_token& stop) {
    using Came = Exchange::Came;
    const Source source = TRY(open_source(path));
    Exchange exchange(path, state_->options, take, stop);
    constexpr int kTries = 2;
    for (int left = kTries - 1;; --left) {
        if (auto ready = state_->have_child(); !ready) {
            if (left == 0) return failure(std::move(ready).error());
            continue;
        }
        const auto came = exchange.with(*state_->child, source.fd, source.bytes);
        if (came && *came == Came::to_an_end) {
            // What it keeps for the next file may be what that would need.
            if (exchange.was_out_of_memory()) state_->end_child();
            return exchange.result();
        }
        const int status = state_->end_child();
        if (!came) return failure(came.error());
        if (*came == Came::to_a_limit) return exchange.result();
        if (*came == Came::closed && WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)
            return exchange.result_out_of_processor_time();
        if (left == 0)
            return exchange.result_without_end(*came == Came::closed ? ending_text(status)
                                                                     : "said what it may not");
    }
}

}  // namespace haul::speech
