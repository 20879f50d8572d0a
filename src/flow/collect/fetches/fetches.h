// All fetches of one run, probes and downloads alike: how many there are at once, and whether there is room
// for one more, on the disk where temporaries lie and in the plan's limits.
//
// A fetch takes its place first, and room once it is known how long it will be: by its source, then by the
// server. What does not fit waits while others are under way. Where none is, it is put off, so that others,
// which may be smaller, have their turn; and where nothing happens any more, the limits are reached, or the
// run ends for want of disk. A length that only a source claims ends no run: the server is asked before that.
//
// Thread-safe. Outlives its fetches; each is used by one thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "base/units.h"
#include "engine/budget.h"

namespace haul::collect {

// Whether an error says that a fetch did not find room for now: it is no failure, of nobody.
[[nodiscard]] bool waits_for_room(const Error& error);

class Fetches {
  public:
    // Free bytes that no fetch counts on: the ledger, which usually lies on the same disk, writes 4 MiB
    // between two checkpoints of its own, and the job's log and an export need as much again at most.
    static constexpr std::uint64_t kSpare = 4 * units::MiB;
    // What a fetch of unknown length has before it, again and again.
    static constexpr std::uint64_t kUnknown = 8 * units::MiB;
    // How long what was put off waits, and for how long nothing may happen until that is the end.
    static constexpr std::chrono::seconds kAgain{1}, kQuiet{2};

    struct Bounds {
        std::string folder{};  // where temporaries lie
        // nullopt: no bound that is known.
        std::function<std::optional<std::uint64_t>()> free, bytes_left, ms_left;
        std::function<void(const std::string& text, const std::string& folder)> say;
    };
    // What a fetch will need, as it is known before.
    struct Need {
        std::string path{};                   // of its temporary, by which it is known
        std::optional<std::uint64_t> size{};  // of the whole; nullopt: not known
        std::uint64_t there = 0;              // of these, on the disk already
        bool is_recording = false;            // counts towards the limits
        std::optional<double> seconds{};      // likewise
    };

    // A place, and the room that was reserved. Gives back both when it goes.
    class Fetch {
      public:
        Fetch(Fetches& fetches, engine::Reservation slot);
        ~Fetch();
        Fetch(const Fetch&) = delete;
        Fetch& operator=(const Fetch&) = delete;

        // Waits while others are under way. Errors: interrupted; no_space, which ends the run; or one that
        // waits_for_room.
        [[nodiscard]] Status reserve(const Need& need, const std::stop_token& stop);
        // The file has `at` bytes, and `more` will come; nullopt: some, whose number nobody knows. An error:
        // they do not fit, and the fetch is to end; refused() is what it ends with.
        [[nodiscard]] Status will_write(std::uint64_t at, std::optional<std::uint64_t> more);
        [[nodiscard]] const std::optional<Error>& refused() const { return refused_; }
        // In this fetch, so far: the disk itself no longer says that they are free.
        void wrote(std::uint64_t bytes);
        // The file has so many, and no more come.
        void ended(std::uint64_t bytes);

      private:
        friend class Fetches;
        Fetches& fetches_;
        engine::Reservation slot_;
        Need need_{};
        std::uint64_t disk_ = 0, bytes_ = 0, ms_ = 0;  // held
        std::uint64_t wrote_ = 0;
        std::optional<Error> refused_{};
    };

    // While there is one, somebody is about to find more that may be fetched: nothing is over yet. Not held
    // by whoever fetches.
    class Search {
      public:
        explicit Search(Fetches& fetches);
        ~Search();
        Search(const Search&) = delete;
        Search& operator=(const Search&) = delete;

      private:
        Fetches& fetches_;
    };

    Fetches(unsigned at_once, Bounds bounds);

    // Waits its turn. Code::interrupted.
    [[nodiscard]] Result<std::unique_ptr<Fetch>> begin(const std::stop_token& stop);
    // The plan's limits have no room for anything that was asked for.
    [[nodiscard]] bool is_full() const;

  private:
    enum class Lack : std::uint8_t { nothing, disk, limit };
    struct Wanted {
        std::uint64_t disk = 0, bytes = 0, ms = 0;
    };
    [[nodiscard]] Lack lack_of(const Wanted& wanted) const;
    [[nodiscard]] Wanted wanted_by(const Need& need) const;
    [[nodiscard]] bool is_quiet();
    void take(Fetch& fetch, const Wanted& wanted);
    void give_back(Fetch& fetch, const Wanted& given);
    void changed();
    void say_lack(const Need& need, const Wanted& wanted);
    [[nodiscard]] std::string numbers(std::uint64_t wanted) const;
    [[nodiscard]] Error later(const std::string& path) const;
    [[nodiscard]] Error no_space(const std::string& path, std::uint64_t wanted) const;

    const Bounds bounds_;
    engine::Budget slots_;  // one "byte" each
    mutable std::mutex lock_{};
    std::condition_variable_any moved_{};
    std::uint64_t moves_ = 0;
    Wanted held_{};
    unsigned begun_ = 0, waiting_ = 0;  // of those with a place, these wait for room
    unsigned searches_ = 0;
    std::optional<clock::Nanoseconds> quiet_since_{};  // nothing but refusals since
    bool is_full_ = false, is_said_ = false;
    // Sizes that a server told, or that there are at least, of what was refused.
    std::map<std::string, std::uint64_t> learned_{};
};

}  // namespace haul::collect
