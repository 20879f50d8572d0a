// What --memory promises: that peak resident memory stays below it. The program's own share is set aside
// first; what grows with the work is reserved from the rest before it is used. Thread-safe.
#pragma once

#include <cstdint>
#include <stop_token>
#include <string_view>

#include "base/result.h"
#include "engine/budget.h"

namespace haul::engine {

class Memory {
  public:
    // Code, stacks, SQLite's caches, the display: the peak of packing a few small files, less their tiles.
    static constexpr std::uint64_t kProgram = 28ULL << 20U;
    // The least promise that leaves room for work.
    static constexpr std::uint64_t kLeastPromise = 64ULL << 20U;

    // `beside`: what may come to be used beside all reservations, where there is so much; a quarter of what
    // the program leaves at most. `always`: in use all the time, as connections to services are.
    explicit Memory(std::uint64_t promise, std::uint64_t beside = 0, std::uint64_t always = 0);

    // Waits its turn (Code::interrupted when stopped). Work that would not fit even alone is refused:
    // Code::usage, naming `subject` and the --memory that it needs: the unit is set aside, the others go on.
    [[nodiscard]] Result<Reservation> reserve(std::uint64_t bytes, std::string_view subject,
                                              const std::stop_token& stop);
    [[nodiscard]] std::uint64_t for_work() const { return budget_.total(); }

  private:
    [[nodiscard]] std::uint64_t promise_for(std::uint64_t bytes) const;
    std::uint64_t beside_, always_;
    Budget budget_;
};

}  // namespace haul::engine
