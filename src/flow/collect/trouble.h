// Tells a host that is away from an item that is broken: both say "unavailable". While a host is away all
// that is asked of it waits; an item that fails again and again while its source answers for others, or has
// hardly any other that fails, is counted as a failure of the unit, so that it is set aside and said, and the
// run comes to its end.
// Thread-safe.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>

#include "base/clock.h"
#include "base/error.h"

namespace haul::collect {

// Whether an error is a source's, through Trouble::of: what its own host is, and nobody else's.
[[nodiscard]] bool is_of_source(const Error& error);

class Trouble {
  public:
    // `longest`: what fails for longer than this is counted even where nothing of its source works.
    explicit Trouble(std::chrono::nanoseconds longest) : longest_(longest) {}

    // The unit got something of that source.
    void worked(const std::string& unit, const std::string& source);
    // An error that a source gave, as the engine is to take it, with a remedy.
    [[nodiscard]] Error of(const std::string& unit, const std::string& source, Error error);

  private:
    struct Failing {
        unsigned times = 0;
        clock::Nanoseconds since{};
        bool broken = false;  // by itself: no sign of its host
    };
    struct OfSource {
        std::map<std::string, Failing> failing{};  // by unit
        clock::Nanoseconds worked_at = clock::Nanoseconds::min();
    };
    [[nodiscard]] bool is_broken(const std::string& unit, const std::string& source);

    std::chrono::nanoseconds longest_;
    std::mutex lock_{};
    std::map<std::string, OfSource> sources_{};
};

}  // namespace haul::collect
