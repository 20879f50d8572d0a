// Tells a host that is away from an item that is broken: both say "unavailable". While a host is away all
// that is asked of it waits; an item that fails again and again while its source answers for others, or has
// hardly any other that fails, is counted as a failure of the unit, so that it is set aside and said, and the
// run comes to its end.
//
// What it keeps is bounded, and each call costs the same however much fails: of more than kMostKept units
// that fail at once, those that came last are waited for until others have their end.
// A host that asks to be left alone for a time is waited for, unless nothing of its source works for too
// long. Thread-safe.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <unordered_map>

#include "base/clock.h"
#include "base/error.h"

namespace haul::collect {

// Whether an error is a source's, through Trouble::of: what its own host is, and nobody else's.
[[nodiscard]] bool is_of_source(const Error& error);

// For messages: an address without its query, where secrets stand; a folder, or words of a search, as it is.
[[nodiscard]] std::string shown_source(const std::string& source);

class Trouble {
  public:
    // `longest`: what fails for longer than this is counted even where nothing of its source works.
    explicit Trouble(std::chrono::nanoseconds longest) : longest_(longest) {}

    // The unit got something of that source.
    void worked(const std::string& unit, const std::string& source);
    // The unit asks nothing more of that source, whatever it got.
    void settled(const std::string& unit, const std::string& source);
    // An error that a source gave, as the engine is to take it, with a remedy.
    [[nodiscard]] Error of(const std::string& unit, const std::string& source, Error error);

    // Units whose failures are kept, at most; how many are now.
    static constexpr std::size_t kMostKept = 100'000;
    [[nodiscard]] std::size_t kept() const;

  private:
    struct Failing {
        clock::Nanoseconds since{};
        std::uint16_t times = 0;
        std::uint8_t counted = 0;  // as failures of the unit
        bool broken = false;       // by itself: no sign of its host
    };
    // By a hash of the unit: two that share one count as one, which makes the second be counted early, and
    // that is all.
    using Units = std::unordered_map<std::size_t, Failing>;
    struct OfSource {
        Units failing{};
        std::size_t away = 0;  // of these, those that are not broken
        clock::Nanoseconds worked_at = clock::Nanoseconds::min();
    };
    [[nodiscard]] bool is_broken(const std::string& unit, const std::string& source, bool is_throttle);
    [[nodiscard]] bool throttles_for_ever(const OfSource& of, const Failing& failing) const;
    [[nodiscard]] bool counts(const OfSource& of, const Failing& failing) const;
    [[nodiscard]] bool is_over(const Failing& failing) const;
    void forget(OfSource& of, Units::iterator failing);
    void forget(OfSource& of, const std::string& unit);

    std::chrono::nanoseconds longest_;
    mutable std::mutex lock_{};
    std::map<std::string, OfSource> sources_{};
    std::size_t kept_ = 0;
};

}  // namespace haul::collect
