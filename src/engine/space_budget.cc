#include "engine/space_budget.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "base/units.h"

namespace haul::engine {
namespace {

std::uint64_t plus(std::uint64_t a, std::uint64_t b) {
    return b > std::numeric_limits<std::uint64_t>::max() - a ? std::numeric_limits<std::uint64_t>::max()
                                                             : a + b;
}

// 2% to spare: folders, and what the file system keeps of its own.
std::uint64_t with_spare(std::uint64_t bytes) { return plus(bytes, bytes / 50); }

}  // namespace

SpaceHold::SpaceHold(SpaceHold&& other) noexcept
    : budget_(std::exchange(other.budget_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}

SpaceHold& SpaceHold::operator=(SpaceHold&& other) noexcept {
    if (this != &other) {
        written(bytes_);
        budget_ = std::exchange(other.budget_, nullptr);
        bytes_ = std::exchange(other.bytes_, 0);
    }
    return *this;
}

void SpaceHold::written(std::uint64_t bytes) {
    const std::uint64_t gone = std::min(bytes, bytes_);
    if (budget_ == nullptr || gone == 0) return;
    bytes_ -= gone;
    budget_->give_back(gone);
}

Result<SpaceHold> SpaceBudget::reserve(std::uint64_t bytes, const std::string& what,
                                       const std::stop_token& stop) {
    const std::uint64_t needed = with_spare(bytes);
    std::optional<std::uint64_t> free;
    bool granted = false;
    std::unique_lock lock(mutex_);
    const bool told = changed_.wait(lock, stop, [&] {
        free = free_();
        granted = !free || *free >= plus(held_, needed);
        return granted || held_ == 0;
    });
    if (!told) return failure(Code::interrupted, "reserve room for", what, "stopped while waiting for room");
    if (granted) {
        held_ = plus(held_, needed);
        return SpaceHold(this, needed);
    }
    return failure(make_error(Code::no_space, "make room for", what,
                              fmt::format("it needs {}, {} are free at {}", units::size_text(needed),
                                          units::size_text(free.value_or(0)), place_))
                       .with_remedy("make room there and run the same command again"));
}

bool SpaceBudget::fits(std::uint64_t bytes) const {
    const std::lock_guard lock(mutex_);
    const std::optional<std::uint64_t> free = free_();
    return !free || *free >= plus(held_, with_spare(bytes));
}

std::uint64_t SpaceBudget::held() const {
    const std::lock_guard lock(mutex_);
    return held_;
}

void SpaceBudget::give_back(std::uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    held_ -= bytes;
    changed_.notify_all();
}

}  // namespace haul::engine
