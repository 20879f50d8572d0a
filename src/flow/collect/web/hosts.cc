#include "flow/collect/web/hosts.h"

#include <fmt/format.h>

#include <algorithm>

namespace haul::collect {
namespace {

using std::chrono::seconds;

constexpr clock::Nanoseconds kFirstBackoff = seconds(5);
constexpr clock::Nanoseconds kLongestBackoff = seconds(300);
constexpr clock::Nanoseconds kLongestWanted = std::chrono::hours(24);
// Condition variables do not follow boot time: whoever is next looks again so often.
constexpr std::chrono::milliseconds kLook{100};

std::chrono::milliseconds rounded_up(clock::Nanoseconds span) {
    return std::chrono::ceil<std::chrono::milliseconds>(span);
}

Error closed_error(const std::string& host, clock::Nanoseconds rest) {
    Error error = make_error(
        Code::unavailable, "ask", host,
        fmt::format("it has asked to be left alone for {} s more", std::chrono::ceil<seconds>(rest).count()));
    error.retry_after = rounded_up(rest);
    return error;
}

}  // namespace

Hosts::Turn::~Turn() {
    if (hosts_) hosts_->give_back(host_);
}

Hosts::Host& Hosts::host_of(const std::string& name) {
    auto& host = hosts_[name];
    if (!host) host = std::make_unique<Host>();
    return *host;
}

clock::Nanoseconds Hosts::must_wait(const Host& host) const {
    return std::max(host.next_begin, host.closed_until) - clock::boot();
}

Result<Hosts::Turn> Hosts::take(const std::string& name, std::optional<double> per_second,
                                const std::stop_token& stop) {
    std::unique_lock hold(lock_);
    Host& host = host_of(name);
    Waiter self;
    host.queue.push_back(&self);
    const auto leave = [&] {
        std::erase(host.queue, &self);
        wake_next(host);
    };
    while (true) {
        const auto closed = host.closed_until - clock::boot();
        if (stop.stop_requested() || closed > kPatience) {
            leave();
            if (stop.stop_requested()) return failure(Code::interrupted, "ask", name, "stopped on request");
            return failure(closed_error(name, closed));
        }
        const bool next = host.queue.front() == &self && host.in_use < at_once_;
        const auto wait = must_wait(host);
        if (next && wait <= clock::Nanoseconds::zero()) break;
        self.woken = false;
        const auto woken = [&self] { return self.woken; };
        if (next)
            self.look.wait_for(hold, stop, std::min<clock::Nanoseconds>(wait, kLook), woken);
        else
            self.look.wait(hold, stop, woken);
    }
    leave();
    ++host.in_use;
    ++host.count.requests;
    const double rate = per_second.value_or(per_second_);
    const auto interval = std::chrono::duration_cast<clock::Nanoseconds>(
        std::chrono::duration<double>(rate > 0 ? 1 / rate : 0));
    host.next_begin = std::max(clock::boot(), host.next_begin) + interval;
    return Turn(*this, name);
}

void Hosts::wake_next(Host& host) {
    if (!host.queue.empty()) host.queue.front()->wake();
}

void Hosts::give_back(const std::string& name) {
    const std::scoped_lock hold(lock_);
    Host& host = host_of(name);
    --host.in_use;
    wake_next(host);
}

clock::Nanoseconds Hosts::throttled(const std::string& name, std::optional<clock::Nanoseconds> wanted) {
    const std::scoped_lock hold(lock_);
    Host& host = host_of(name);
    ++host.count.throttled;
    host.backoff = host.backoff == clock::Nanoseconds::zero() ? kFirstBackoff
                                                              : std::min(host.backoff * 2, kLongestBackoff);
    const bool said = wanted && *wanted > clock::Nanoseconds::zero();
    const auto span = said ? std::min(*wanted, kLongestWanted) : host.backoff;
    host.closed_until = std::max(host.closed_until, clock::boot() + span);
    for (Waiter* waiter : host.queue) waiter->wake();  // each may have to leave
    return host.closed_until - clock::boot();
}

void Hosts::answered(const std::string& name) {
    const std::scoped_lock hold(lock_);
    host_of(name).backoff = {};
}

void Hosts::failed(const std::string& name) {
    const std::scoped_lock hold(lock_);
    ++host_of(name).count.failures;
}

void Hosts::received(const std::string& name, std::uint64_t bytes) {
    const std::scoped_lock hold(lock_);
    host_of(name).count.bytes += bytes;
}

std::map<std::string, HostCount> Hosts::counts() const {
    const std::scoped_lock hold(lock_);
    std::map<std::string, HostCount> counts;
    for (const auto& [name, host] : hosts_)
        counts.emplace(name, host->count).first->second.waiting = host->queue.size();
    return counts;
}

std::size_t Hosts::waiting(const std::string& name) const {
    const std::scoped_lock hold(lock_);
    const auto host = hosts_.find(name);
    return host == hosts_.end() ? 0 : host->second->queue.size();
}

}  // namespace haul::collect
