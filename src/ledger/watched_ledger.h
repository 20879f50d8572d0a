// A ledger whose callers are watched: how long each waited for its answer, the commit included, how many wait
// now, and how many that came later were answered before. It is one ledger for its callers while the one
// beneath is exchanged. Thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <shared_mutex>

#include "base/clock.h"
#include "ledger/ledger.h"

namespace haul::ledger {

class WatchedLedger final : public Ledger {
  public:
    // In seconds.
    static constexpr std::array kBounds = {0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 10.0, 60.0};
    struct Waits {
        std::uint64_t calls = 0;
        std::array<std::uint64_t, kBounds.size()> within{};  // calls that waited at most so long
        clock::Nanoseconds sum{}, longest{};
        std::uint64_t waiting = 0;         // now
        std::uint64_t most_overtaken = 0;  // calls that came later and were answered before one of these
    };
    [[nodiscard]] Waits claims() const { return claims_.now(); }
    [[nodiscard]] Waits commits() const { return commits_.now(); }  // all other calls that change something

    // Calls wait meanwhile. The one before is gone when `make` is called; where that fails, every call fails
    // until there is another.
    [[nodiscard]] Status exchange(const std::function<Result<std::unique_ptr<Ledger>>()>& make);

    // Lets go of the one beneath: every call fails from here on.
    void close();

    Result<std::vector<Lease>> claim(const ClaimRequest& request) override;
    Status renew(std::span<const LeaseRef> leases, std::chrono::nanoseconds lease_for) override;
    Status checkpoint(const LeaseRef& lease, std::string_view progress, const Outcome& outcome) override;
    Status finish(const LeaseRef& lease, const Outcome& outcome) override;
    Result<State> fail(const LeaseRef& lease, FailKind kind, const Error& error,
                       std::chrono::nanoseconds delay) override;
    using Ledger::release;
    Status release(const LeaseRef& lease, std::chrono::nanoseconds delay) override;
    Status record(const Outcome& outcome) override;
    Result<Answer> read(const Query& query) const override;
    Status back_up(const std::string& path) override;

  private:
    // Of one kind of call.
    class Line {
      public:
        [[nodiscard]] std::uint64_t enter();
        void leave(std::uint64_t ticket, clock::Nanoseconds waited);
        [[nodiscard]] Waits now() const;

      private:
        mutable std::mutex mutex_{};
        std::uint64_t tickets_ = 0;
        std::set<std::uint64_t> inside_{};
        Waits waits_{};
    };
    template <class Answered>
    Answered call(Line* line, const std::function<Answered(Ledger&)>& ask) const;

    mutable std::shared_mutex exchange_{};
    std::unique_ptr<Ledger> ledger_{};
    Line claims_{}, commits_{};
};

}  // namespace haul::ledger
