// A budget of bytes (memory, disk) that work reserves before it uses: first come, first served. Thread-safe.
// Outlives what was reserved from it.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "base/result.h"

namespace haul::engine {

class Budget;

// Gives back what it holds when it goes.
class Reservation {
  public:
    Reservation() = default;
    Reservation(Budget* budget, std::uint64_t bytes) : budget_(budget), bytes_(bytes) {}
    ~Reservation() { release(); }
    Reservation(Reservation&& other) noexcept;
    Reservation& operator=(Reservation&& other) noexcept;
    Reservation(const Reservation&) = delete;
    Reservation& operator=(const Reservation&) = delete;
    void release();
    [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

  private:
    Budget* budget_ = nullptr;
    std::uint64_t bytes_ = 0;
};

class Budget {
  public:
    Budget(std::string name, std::uint64_t bytes);
    // Waits its turn. More than the whole budget is granted when nothing else is reserved (and only then):
    // work must be possible. Code::interrupted when stopped.
    [[nodiscard]] Result<Reservation> reserve(std::uint64_t bytes, const std::stop_token& stop);
    // Without waiting, and only where nobody waits.
    [[nodiscard]] std::optional<Reservation> try_reserve(std::uint64_t bytes);
    [[nodiscard]] std::uint64_t total() const { return total_; }
    [[nodiscard]] std::uint64_t used() const;

  private:
    friend class Reservation;
    void give_back(std::uint64_t bytes);
    [[nodiscard]] bool fits(std::uint64_t bytes) const;
    std::string name_;
    std::uint64_t total_;
    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    std::uint64_t used_ = 0;
    std::uint64_t next_ticket_ = 0;
    std::list<std::uint64_t> waiting_;  // tickets, in the order of asking
};

}  // namespace haul::engine
