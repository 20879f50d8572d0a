// The free bytes of one place, promised to work that goes on side by side, so that no two count the same
// bytes.
//
// Unlike a Budget its size is what the place says at the moment: others write there too. Thread-safe.
// Outlives what was reserved from it.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "base/result.h"

namespace haul::engine {

class SpaceBudget;

// Bytes that are still to be written. Gives back what is left of them when it goes.
class SpaceHold {
  public:
    SpaceHold() = default;
    SpaceHold(SpaceBudget* budget, std::uint64_t bytes) : budget_(budget), bytes_(bytes) {}
    ~SpaceHold() { written(bytes_); }
    SpaceHold(SpaceHold&& other) noexcept;
    SpaceHold& operator=(SpaceHold&& other) noexcept;
    SpaceHold(const SpaceHold&) = delete;
    SpaceHold& operator=(const SpaceHold&) = delete;
    // So many of them are written: the place itself no longer says that they are free. More than is held is
    // all.
    void written(std::uint64_t bytes);
    [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

  private:
    SpaceBudget* budget_ = nullptr;
    std::uint64_t bytes_ = 0;
};

class SpaceBudget {
  public:
    // Bytes that are free now; nullopt: the place does not know, and everything is granted.
    using Free = std::function<std::optional<std::uint64_t>()>;
    SpaceBudget(std::string place, Free free) : place_(std::move(place)), free_(std::move(free)) {}
    SpaceBudget(const SpaceBudget&) = delete;
    SpaceBudget& operator=(const SpaceBudget&) = delete;

    // For `bytes` and 2% to spare. While others hold some it waits for them rather than refuse: what they
    // have written lately may be counted twice until they say so. Code::no_space with numbers, about `what`;
    // Code::interrupted when stopped.
    [[nodiscard]] Result<SpaceHold> reserve(std::uint64_t bytes, const std::string& what,
                                            const std::stop_token& stop);
    // Whether `bytes` fit now, without holding or waiting for any.
    [[nodiscard]] bool fits(std::uint64_t bytes) const;
    [[nodiscard]] std::uint64_t held() const;

  private:
    friend class SpaceHold;
    void give_back(std::uint64_t bytes);
    const std::string place_;
    const Free free_;
    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    std::uint64_t held_ = 0;
};

}  // namespace haul::engine
