#include "engine/budget.h"

#include <utility>

namespace haul::engine {

Reservation::Reservation(Reservation&& other) noexcept
    : budget_(std::exchange(other.budget_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}

Reservation& Reservation::operator=(Reservation&& other) noexcept {
    if (this != &other) {
        release();
        budget_ = std::exchange(other.budget_, nullptr);
        bytes_ = std::exchange(other.bytes_, 0);
    }
    return *this;
}

void Reservation::release() {
    if (budget_ != nullptr && bytes_ > 0) budget_->give_back(bytes_);
    budget_ = nullptr;
    bytes_ = 0;
}

Budget::Budget(std::string name, std::uint64_t bytes) : name_(std::move(name)), total_(bytes) {}

bool Budget::fits(std::uint64_t bytes) const {
    // Written so that no sum can overflow; an oversize grant may already hold more than the total.
    return bytes == 0 || used_ == 0 || (used_ <= total_ && bytes <= total_ - used_);
}

Result<Reservation> Budget::reserve(std::uint64_t bytes, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    const std::list<std::uint64_t>::iterator place = waiting_.insert(waiting_.end(), next_ticket_++);
    const bool granted = changed_.wait(lock, stop, [&] { return waiting_.front() == *place && fits(bytes); });
    waiting_.erase(place);
    // Whoever is first now may fit beside us, or may have waited only for our place.
    if (!waiting_.empty()) changed_.notify_all();
    if (!granted) return failure(Code::interrupted, "reserve", name_, "stopped while waiting for room");
    used_ += bytes;
    return Reservation(this, bytes);
}

std::optional<Reservation> Budget::try_reserve(std::uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    if (!waiting_.empty() || !fits(bytes)) return std::nullopt;
    used_ += bytes;
    return Reservation(this, bytes);
}

std::uint64_t Budget::used() const {
    const std::lock_guard lock(mutex_);
    return used_;
}

void Budget::give_back(std::uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    used_ -= bytes;
    // Under the lock: the waiter that this wakes may be the last one to need the budget.
    changed_.notify_all();
}

}  // namespace haul::engine
