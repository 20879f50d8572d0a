#include "engine/control_client.h"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <exception>
#include <utility>

#include "engine/control_socket.h"

namespace haul::engine {
namespace {

Result<json::Value> answer_to(const std::string& line, const ControlServer::Answer& answer) {
    const json::Value request = TRY(json::parse(line, "control request"));
    try {
        return answer(request);
    } catch (const std::exception& thrown) {
        return failure(Code::internal, "answer", "control request", thrown.what());
    }
}

std::string answer_line(const std::string& line, const ControlServer::Answer& answer) {
    Result<json::Value> value = answer_to(line, answer);
    if (!value) {
        value = json::Value{{"error", value.error().message()},
                            {"code", std::string(name_of(value.error().code))}};
    }
    return json::dump(*value) + "\n";
}

bool would_block() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

}  // namespace

ControlClient::ControlClient(file::Fd socket, std::chrono::nanoseconds deadline)
    : socket_(std::move(socket)), deadline_(deadline) {}

short ControlClient::wants() const { return answering_ ? POLLOUT : POLLIN; }

bool ControlClient::go_on(const ControlServer::Answer& answer) {
    if (!answering_ && !receive(answer)) return false;
    return !answering_ || send();
}

bool ControlClient::receive(const ControlServer::Answer& answer) {
    std::array<char, 4096> buffer{};
    const ::ssize_t got = ::recv(fd(), buffer.data(), buffer.size(), 0);
    if (got < 0) return would_block();
    if (got == 0) return false;
    const std::string_view chunk(buffer.data(), static_cast<std::size_t>(got));
    const std::size_t end = chunk.find('\n');
    text_.append(chunk.substr(0, end));
    if (text_.size() > kControlLineLimit) return false;
    if (end == std::string_view::npos) return true;
    text_ = answer_line(text_, answer);
    answering_ = true;
    return true;
}

bool ControlClient::send() {
    const ::ssize_t put = ::send(fd(), text_.data() + sent_, text_.size() - sent_, MSG_NOSIGNAL);
    if (put < 0) return would_block();
    sent_ += static_cast<std::size_t>(put);
    return sent_ < text_.size();
}

}  // namespace haul::engine
