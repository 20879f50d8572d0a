// When one origin last showed that it works: what tells an endpoint that is down from one that is slow.
#pragma once

#include <algorithm>
#include <atomic>

#include "base/clock.h"

namespace haul::http {

// Boot times; zero: not yet.
struct Life {
    clock::Nanoseconds
        succeeded{};  // an answer came, and none that throttles or is of a failure inside (5xx)
    // A body's byte moved, either way (seen up to an eighth of ClientOptions::silence late), or an answer
    // ended which the service had computed.
    clock::Nanoseconds moved{};
    [[nodiscard]] clock::Nanoseconds last() const { return std::max(succeeded, moved); }
};

// Written by the loops of a Client, each on its own thread. Thread-safe; times may come in any order.
class Pulse {
  public:
    void succeeded(clock::Nanoseconds when) { raise(succeeded_, when); }
    void moved(clock::Nanoseconds when) { raise(moved_, when); }
    [[nodiscard]] Life life() const {
        return {.succeeded = clock::Nanoseconds(succeeded_), .moved = clock::Nanoseconds(moved_)};
    }

  private:
    using Time = std::atomic<clock::Nanoseconds::rep>;
    static void raise(Time& time, clock::Nanoseconds when) {
        auto seen = time.load(std::memory_order_relaxed);
        while (seen < when.count() && !time.compare_exchange_weak(seen, when.count())) {
        }
    }

    Time succeeded_ = 0, moved_ = 0;
};

}  // namespace haul::http
