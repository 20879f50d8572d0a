// The ledger: the durable record of one job. Units are claimed, leased and committed here; facts are what is
// known so far.
//
// Promises, each tested for every ledger by src/ledger/conformance/ and listed in docs/ledger.md:
//  - An Outcome is committed whole or not at all, and only under the epoch of the lease that produced it: a
//    call with an older epoch changes nothing and returns Code::fenced.
//  - Each claim raises a unit's epoch. A unit is leased to at most one claimer.
//  - What a call reports as done survives a crash and a power cut.
//  - Adding a unit whose (kind, key) exists is no error and changes nothing: repeated outcomes add nothing
//    twice.
//  - Writers are served in the order of their calls (fair), and commits made at the same time share one sync
//    (group commit).
//  - In a file, what a claim reads grows with the kinds that it asks for and with the different orders of the
//    units that wait, not with how many wait, are put off, at work or done.
// All calls may be made from any thread. Nothing here assumes that only one process uses the ledger.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace haul::ledger {

using UnitId = std::int64_t;

struct NewUnit {
    std::string kind;     // "part"
    std::string key;      // unique within the kind: "00001"
    std::string payload;  // JSON, the unit's input
    // Lower is claimed first; ties in the order of adding, those that were put off behind the others, in the
    // order in which their time came.
    std::int64_t order = 0;
};

// What is known: the latest value of (kind, key). No value: the fact is removed.
struct Fact {
    std::string kind, key;
    std::optional<std::string> value;  // JSON
};

// Facts and follow-up units, committed together.
struct Outcome {
    std::vector<Fact> facts = {};
    std::vector<NewUnit> units = {};
    bool return_set_aside = false;  // units set aside go back to the queue, both counts at zero
};

// Names a lease: what every later call on the unit must show.
struct LeaseRef {
    UnitId unit = 0;
    std::uint64_t epoch = 0;
};

struct Lease {
    LeaseRef ref;
    std::string kind, key, payload;
    std::string checkpoint;  // latest; empty: none
    int failures = 0;        // since the last checkpoint
    int deaths = 0;          // of its owner or child, since the last checkpoint
    bool alone = false;      // nothing else may run beside it: it was at work in three owner deaths
};

struct ClaimRequest {
    std::vector<std::string> kinds;  // empty: any
    std::size_t count = 1;
    std::string owner;                        // token of the claimer
    std::chrono::nanoseconds lease_for = {};  // 0: until the owner dies or lets go
};

enum class FailKind : std::uint8_t {
    failure,      // counts; the 5th since the last checkpoint sets the unit aside
    child_death,  // the unit's own child process died: the 3rd sets it aside
    hopeless,     // counts as a failure that no other try can mend: sets it aside at once
};

enum class State : std::uint8_t { queued, leased, done, set_aside };
[[nodiscard]] std::string_view name_of(State state);

struct Query {
    // any_unit: only whether there is one. Of a kind and a state that costs the same however many there are,
    // which a count does not.
    enum class What : std::uint8_t { facts, units, counts, any_unit } what = What::facts;
    std::string kind;            // facts, units: of this kind; empty: all kinds
    std::string key;             // exactly this key where not empty
    std::string after;           // keys behind this one (paging; byte order)
    std::optional<State> state;  // units: in this state only
    std::size_t limit = 1000;    // rows
};
struct UnitRow {
    UnitId id = 0;
    std::string kind, key, payload, checkpoint;
    std::string error;  // JSON of the failures so far, oldest first; empty: none
    State state = State::queued;
    std::uint64_t epoch = 0;
    int failures = 0, deaths = 0;
};
struct Count {
    std::string kind;
    State state = State::queued;
    std::uint64_t units = 0;
};
struct Answer {
    std::vector<Fact> facts = {};
    std::vector<UnitRow> units;
    std::vector<Count> counts;
    bool any_unit = false;  // what was asked for has one
};

class Ledger {
  public:
    virtual ~Ledger() = default;
    // Up to `count` units whose time has come. Empty: none now.
    [[nodiscard]] virtual Result<std::vector<Lease>> claim(const ClaimRequest& request) = 0;
    // Prolongs leases that run out. Code::fenced names the first that is lost.
    [[nodiscard]] virtual Status renew(std::span<const LeaseRef> leases,
                                       std::chrono::nanoseconds lease_for) = 0;
    // Durable partial progress: replaces the unit's checkpoint, sets both counts to zero, commits `outcome`
    // with it.
    [[nodiscard]] virtual Status checkpoint(const LeaseRef& lease, std::string_view progress,
                                            const Outcome& outcome) = 0;
    // The unit is done; its checkpoint is dropped.
    [[nodiscard]] virtual Status finish(const LeaseRef& lease, const Outcome& outcome) = 0;
    // Returns the state that the unit is in now: queued (not before `delay` from now) or set_aside.
    [[nodiscard]] virtual Result<State> fail(const LeaseRef& lease, FailKind kind, const Error& error,
                                             std::chrono::nanoseconds delay) = 0;
    // Back to the queue without counting (drain, outage); not before `delay` from now.
    [[nodiscard]] virtual Status release(const LeaseRef& lease, std::chrono::nanoseconds delay) = 0;
    [[nodiscard]] Status release(const LeaseRef& lease) { return release(lease, {}); }
    // Outside any unit: the first units, facts of the job.
    [[nodiscard]] virtual Status record(const Outcome& outcome) = 0;
    [[nodiscard]] virtual Result<Answer> read(const Query& query) const = 0;
    // A whole copy of what is known when this returns, durable, in a new file that open_sqlite opens; other
    // calls go on meanwhile. Code::unsupported: a ledger that lies in no file.
    [[nodiscard]] virtual Status back_up(const std::string& path) = 0;
};

// The value of one fact; nullopt where there is none.
[[nodiscard]] Result<std::optional<std::string>> fact(const Ledger& ledger, std::string_view kind,
                                                      std::string_view key);
// Every fact or unit of a kind in the order of its key, however many: read a page at a time. A change made
// while this goes on is seen or not, as its key lies ahead or behind.
[[nodiscard]] Status for_each_fact(const Ledger& ledger, std::string_view kind,
                                   const std::function<Status(const Fact&)>& visit);
[[nodiscard]] Status for_each_unit(const Ledger& ledger, std::string_view kind,
                                   const std::function<Status(const UnitRow&)>& visit);

// Failures since the last checkpoint that set a unit aside; deaths of its child that do; owner deaths that
// make it run alone.
inline constexpr int kFailuresToSetAside = 5, kChildDeathsToSetAside = 3, kOwnerDeathsToRunAlone = 3;

}  // namespace haul::ledger
