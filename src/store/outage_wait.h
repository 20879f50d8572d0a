// Who waits for an endpoint that is down: a call itself, which tries for minutes, or, while work is done that
// can be taken up again, whoever does that work.
#pragma once

#include <atomic>

namespace haul::store {

// Shared by stores (OpenOptions) and who works with them. Thread-safe.
class OutageWait {
  public:
    // While one lives, calls to an endpoint that is down end soon, with Code::unavailable: its maker waits.
    class Elsewhere {
      public:
        explicit Elsewhere(OutageWait& wait) : wait_(wait) { ++wait_.elsewhere_; }
        ~Elsewhere() { --wait_.elsewhere_; }
        Elsewhere(const Elsewhere&) = delete;
        Elsewhere& operator=(const Elsewhere&) = delete;

      private:
        OutageWait& wait_;
    };
    [[nodiscard]] bool is_elsewhere() const { return elsewhere_ > 0; }

  private:
    std::atomic<int> elsewhere_ = 0;
};

}  // namespace haul::store
