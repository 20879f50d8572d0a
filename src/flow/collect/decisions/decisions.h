// The decisions of a corpus: what was settled and stands nowhere else (closed channels, evidence of licences,
// people's decisions, tombstones), written where it outlives the ledger.
//
//   OUT/decisions/NNNNNN.jsonl   create-only, read in the order of numbers; of one subject the latest counts
//
// The ledger stays the authority. A decision is made in the transaction that it belongs to, as a fact that it
// is owed; many together become one object, and the transaction behind it forgets that they were. A run that
// dies between both finds the object and knows its own lines again: nothing is lost, nothing written twice.
// An object that the ledger does not know, of a run on another machine or of a ledger that is gone, is taken
// in. Facts:
//
//   owed N                  text of a decision that is not written yet; N goes up
//   decisions N             an object that is taken in or was written here: {"lines", "damaged"}
//   channel_decision ID, evidence ID, person ID, tombstone OF/SALT/HASH    taken in: text of the decision
//
// Thread-safe. Only under the corpus' claim; `out` and `ledger` outlive this.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "flow/collect/decisions/decision.h"
#include "flow/collect/decisions/tombstones.h"
#include "ledger/ledger.h"
#include "store/store.h"

namespace haul::collect {

class Decisions {
  public:
    // What follows from a decision that was not made by this ledger: adds to what takes it in.
    using Follow = std::function<Status(const Decision&, ledger::Outcome&)>;
    // Takes in what is new in `out`.
    [[nodiscard]] static Result<std::unique_ptr<Decisions>> open(store::Store& out, ledger::Ledger& ledger,
                                                                 Follow follow, const std::stop_token& stop);
    // What could not be used of the objects that were read: object and line, and why. They stay as they are.
    [[nodiscard]] const std::vector<Error>& damaged() const { return damaged_; }

    // With `outcome` committed, the decision is made and will be written.
    void owe(const Decision& decision, ledger::Outcome& outcome);
    // All that is owed is written when this returns.
    [[nodiscard]] Status write(const std::stop_token& stop);
    // The same where enough for an object has come together.
    [[nodiscard]] Status write_if_many(const std::stop_token& stop);

    [[nodiscard]] bool erased_nothing() const { return tombstones_.empty(); }
    [[nodiscard]] bool is_erased(Erased of, std::string_view value) const {
        return tombstones_.has(of, value);
    }
    [[nodiscard]] std::optional<PersonsDecision> of_person(const std::string& item) const;

  private:
    Decisions(store::Store& out, ledger::Ledger& ledger, Follow follow)
        : out_(out), ledger_(ledger), follow_(std::move(follow)) {}
    [[nodiscard]] Status begin(const std::stop_token& stop);
    [[nodiscard]] Status take_in(std::uint64_t number, bool again, const std::stop_token& stop);
    [[nodiscard]] Status remember();
    [[nodiscard]] Result<bool> write_some(const std::stop_token& stop);

    store::Store& out_;
    ledger::Ledger& ledger_;
    Follow follow_;
    std::vector<Error> damaged_{};
    Tombstones tombstones_{};
    std::map<std::string, PersonsDecision> persons_{};  // by item
    std::mutex writing_{};
    std::uint64_t next_ = 1;                   // object
    std::atomic<std::uint64_t> next_owed_{1};  // fact
    std::atomic<std::uint64_t> owed_{0};       // facts, about
};

// What was taken in of a channel that the ledger may not have found again yet; nullopt: nothing.
[[nodiscard]] Result<std::optional<ChannelDecision>> decision_on_channel(const ledger::Ledger& ledger,
                                                                         const std::string& channel);
// Likewise of a recording's licence.
[[nodiscard]] Result<std::optional<Licence>> evidence_of(const ledger::Ledger& ledger,
                                                         const std::string& item);

// An object that is not as it was written.
struct Flaw {
    bool is_missing = false;  // else: damaged
    std::string name{}, detail{};
};
// Reads every object, those too that were taken in long ago; changes nothing.
[[nodiscard]] Status for_each_flaw(const ledger::Ledger& ledger, store::Store& out,
                                   const std::stop_token& stop,
                                   const std::function<void(const Flaw&)>& visit);

}  // namespace haul::collect
