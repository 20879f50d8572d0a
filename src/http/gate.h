// The places in flight at one host, shared by all calls of a Client.
//
// A call that gets no place is woken when one is free for it. Of those that wait the one with the fewest in
// flight goes first, and of equals the one that has waited longer, so that none starves. Thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <vector>

#include "http/pulse.h"
#include "http/window.h"

namespace haul::http {

class Gate {
  public:
    explicit Gate(unsigned fixed) : window_(fixed) {}
    [[nodiscard]] unsigned limit() const;
    [[nodiscard]] Pulse& pulse() { return pulse_; }

    // One call at this gate, for as long as it lives. Belongs to one thread.
    class Member {
      public:
        // `wake` is called from other threads, under the gate's lock: it must neither wait nor call back.
        Member(Gate& gate, std::function<void()> wake);
        ~Member();  // gives its places back
        Member(const Member&) = delete;
        Member& operator=(const Member&) = delete;
        // False: `wake` will be called once it is worth asking again.
        [[nodiscard]] bool acquire();
        void release(const Window::Outcome& outcome, clock::Nanoseconds now);
        // The place was not used.
        void release();
        // Waits for no place any more.
        void withdraw();
        // Places that were released and not acquired again go to those that wait. Call it after both.
        void offer();

      private:
        friend class Gate;
        Gate& gate_;
        std::function<void()> wake_;
        // Under the gate's lock:
        unsigned in_flight_ = 0;
        bool waiting_ = false, woken_ = false;
        std::uint64_t ticket_ = UINT64_MAX;
    };

  private:
    [[nodiscard]] Member* first_waiting() const;
    void wake_first(const Member* but);
    void offer_but(const Member* but);

    Pulse pulse_;
    mutable std::mutex lock_;
    Window window_;
    unsigned in_flight_ = 0;
    std::uint64_t next_ticket_ = 0;
    std::vector<Member*> members_;
};

}  // namespace haul::http
