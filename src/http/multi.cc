#include "http/multi.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace haul::http {

Result<std::unique_ptr<Multi>> Multi::create(unsigned connections) {
    std::unique_ptr<Multi> made(new Multi);
    TRY(made->open(connections));
    return made;
}

Status Multi::open(unsigned connections) {
    epoll_ = file::Fd(::epoll_create1(EPOLL_CLOEXEC));
    event_ = file::Fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    epoll_event interest{.events = EPOLLIN, .data = {.fd = event_.get()}};
    if (!epoll_.valid() || !event_.valid() ||
        ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, event_.get(), &interest) != 0)
        return failure(os_error(errno, "prepare for connections", ""));
    multi_ = curl_multi_init();
    const auto set = [this](CURLMoption option, auto value) {
        return curl_multi_setopt(multi_, option, value) == CURLM_OK;
    };
    if (!multi_ || !set(CURLMOPT_SOCKETFUNCTION, &socket_callback) ||
        !set(CURLMOPT_SOCKETDATA, static_cast<void*>(this)) ||
        !set(CURLMOPT_TIMERFUNCTION, &timer_callback) || !set(CURLMOPT_TIMERDATA, static_cast<void*>(this)) ||
        !set(CURLMOPT_PIPELINING, long{CURLPIPE_NOTHING}) ||
        !set(CURLMOPT_MAXCONNECTS, static_cast<long>(connections)))
        return failure(Code::io, "prepare for connections", "", "libcurl has no memory");
    now_ = seen_until_ = clock::boot();
    return {};
}

Multi::~Multi() { curl_multi_cleanup(multi_); }

bool Multi::add(Transfer& transfer) {
    if (curl_multi_add_handle(multi_, transfer.handle()) != CURLM_OK) return false;
    ++in_;
    ++running_;
    return true;
}

void Multi::remove(Transfer& transfer) {
    curl_multi_remove_handle(multi_, transfer.handle());
    --in_;
    // One that had not ended no longer runs; libcurl says the number anew at the next act.
    running_ = std::min(running_, in_);
}

int Multi::socket_callback(CURL* easy, curl_socket_t socket, int what, void* self, void*) noexcept {
    Transfer* transfer = nullptr;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &transfer);
    static_cast<Multi*>(self)->watch(transfer, socket, what);
    return 0;
}

void Multi::watch(Transfer* transfer, int socket, int what) {
    const auto at = static_cast<std::size_t>(socket);
    if (owners_.size() <= at) owners_.resize(at + 1);
    if (what == CURL_POLL_REMOVE) {
        if (owners_[at]) owners_[at]->use_socket(-1);
        owners_[at] = nullptr;
        ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, socket, nullptr);
        return;
    }
    owners_[at] = transfer;
    if (transfer) transfer->use_socket(socket);
    epoll_event interest{};
    if (what & CURL_POLL_IN) interest.events |= EPOLLIN;
    if (what & CURL_POLL_OUT) interest.events |= EPOLLOUT;
    interest.data.fd = socket;
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, socket, &interest) != 0 && errno == ENOENT)
        ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, socket, &interest);
}

int Multi::timer_callback(CURLM*, long milliseconds, void* self) noexcept {
    auto& due = static_cast<Multi*>(self)->due_;
    if (milliseconds < 0) {
        due.reset();
    } else if (milliseconds == 0) {
        due = clock::Nanoseconds::zero();
    } else {
        due = clock::boot() + std::chrono::milliseconds(milliseconds);
    }
    return 0;
}

void Multi::act(int socket, int mask) { curl_multi_socket_action(multi_, socket, mask, &running_); }

void Multi::run_due_timer() {
    // libcurl may ask for another turn at once, again and again: leave it to the next turn then.
    if (!due_ || *due_ > now_) return;
    due_.reset();
    act(CURL_SOCKET_TIMEOUT, 0);
}

int Multi::wait_ms(clock::Nanoseconds most) const {
    if (running_ < in_) return 0;  // some have ended
    if (due_) most = std::min(most, *due_ - now_);
    if (most <= clock::Nanoseconds::zero()) return 0;
    return static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(most).count());
}

void Multi::turn(clock::Nanoseconds most) {
    now_ = clock::boot();
    run_due_timer();
    std::array<epoll_event, 256> events;
    const int count =
        ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), wait_ms(most));
    // Had there been more events than we asked for, those left would not have been seen.
    if (count < static_cast<int>(events.size())) seen_until_ = now_;
    now_ = clock::boot();
    for (int i = 0; i < count; ++i) {
        const epoll_event& event = events[static_cast<std::size_t>(i)];
        const int socket = event.data.fd;
        if (socket == event_.get()) {
            std::uint64_t number = 0;
            [[maybe_unused]] const auto got = ::read(socket, &number, sizeof number);
            continue;
        }
        if (Transfer* owner = owners_[static_cast<std::size_t>(socket)]) owner->moved(now_);
        int mask = 0;
        if (event.events & EPOLLIN) mask |= CURL_CSELECT_IN;
        if (event.events & EPOLLOUT) mask |= CURL_CSELECT_OUT;
        if (event.events & (EPOLLERR | EPOLLHUP)) mask |= CURL_CSELECT_ERR;
        act(socket, mask);
    }
    run_due_timer();
}

std::optional<std::pair<Transfer*, CURLcode>> Multi::next_done() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
        if (message->msg != CURLMSG_DONE) continue;
        Transfer* transfer = nullptr;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
        return std::pair(transfer, message->data.result);
    }
    return std::nullopt;
}

void Multi::wake() const {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto put = ::write(event_.get(), &one, sizeof one);
}

}  // namespace haul::http
