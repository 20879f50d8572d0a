// How many requests may be in flight at one host: grows while that brings more, halves when the host
// throttles.
//
// A pure value: it is told what happened and when. An interval lasts 250 ms or twice the typical response,
// whichever is longer. At its end, if requests had to wait for a place, the window grows by half, up to the
// most; where the next interval did not bring at least 5% more (requests, and bytes in units of 64 KiB), it
// goes back and tries again after a while, each time later. Not thread-safe.
#pragma once

#include <cstdint>

#include "base/clock.h"

namespace haul::http {

class Window {
  public:
    static constexpr unsigned kStart = 64, kMost = 256;

    // `fixed`: the most, and where it begins; 0: kStart and kMost.
    explicit Window(unsigned fixed = 0) : limit_(fixed ? fixed : kStart), most_(fixed ? fixed : kMost) {}
    [[nodiscard]] unsigned limit() const { return limit_; }

    // A request had to wait because the window was full.
    void wanted_more() { wanted_ = true; }
    // Nothing is in flight: what was measured of this interval counts no more.
    void idle() { measuring_ = false; }

    struct Outcome {
        std::uint64_t bytes = 0;    // of bodies, both ways
        clock::Nanoseconds took{};  // from its start to its end
        bool answered = false;      // a whole answer came, and none that throttles
        bool throttled = false;     // 429 or 503
    };
    void finished(const Outcome& outcome, clock::Nanoseconds now);

  private:
    void halve(clock::Nanoseconds now);
    void judge(double rate);
    void grow();
    void begin(clock::Nanoseconds now);

    unsigned limit_, most_;
    bool measuring_ = false, wanted_ = false;
    bool trying_ = false;               // limit_ was grown and has to prove itself
    unsigned best_limit_ = 0;           // where limit_ goes back to
    double best_rate_ = 0;              // work a second there
    unsigned hold_ = 0, patience_ = 4;  // intervals without growth; how many the next failure brings
    double work_ = 0;
    clock::Nanoseconds began_{}, typical_{}, halved_ = clock::Nanoseconds::min();
};

}  // namespace haul::http
