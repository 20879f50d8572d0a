// The claim of a destination: a set or a folder being unpacked into belongs to one job at a time.
//
// `.haul/claim-NNNNNN.json` is created create-only, so exactly one wins each number; the highest number is
// the owner. A claim is dead at once when it carries our token, or its owner is of this machine and its
// process is gone (base/process.h); every other claim lives until its beat (`.haul/beat-NNNNNN.json`, renewed
// by its owner alone) is older than the time-out by the store's own clock. Rules: docs/format.md, "Claims".
// Thread-safe; beats from a thread of its own.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "format/claim_record.h"
#include "report/event.h"
#include "store/store.h"

namespace haul::claim {

struct Request {
    format::ClaimRecord claim;  // number, owner are filled here; token is the job's
    std::chrono::nanoseconds timeout = std::chrono::minutes(15);  // a beat is due each third of it
};

class Claim {
  public:
    // `store` is rooted at the claimed folder and outlives the claim.
    // Code::usage: claimed for another source or with other options (says which differ, and what to do);
    // Code::busy: its owner lives (says who and since when, and how long until it counts as dead).
    [[nodiscard]] static Result<std::unique_ptr<Claim>> take(store::Store& store, Request request,
                                                             report::Hub& hub, const std::stop_token& stop);
    ~Claim();  // stops the beat; leaves the claim for the next run
    Claim(const Claim&) = delete;
    Claim& operator=(const Claim&) = delete;

    [[nodiscard]] std::uint64_t number() const;
    // Claims that we took over, whatever their owner; those of our own token are among them.
    [[nodiscard]] const std::vector<format::ClaimRecord>& earlier() const;
    // Looks for a successor: Code::fenced where there is one, or where our claim is no longer there. Right
    // before each Complete or rename, manifest and set record.
    [[nodiscard]] Status check();
    // Cheap: asks the store only when our last beat is older than two thirds of the time-out. Before sending
    // anything.
    [[nodiscard]] Status check_if_stale();
    // Passes a result on; a failure is told as Code::fenced where the claim was lost meanwhile: what a
    // successor removed or made is then the reason, and no fault of the work. Nothing else is done after it.
    // A store that does not answer is no successor's doing, and would not answer the question either.
    template <class T>
    [[nodiscard]] Result<T> blame(Result<T> result) {
        if (result.has_value() || result.error().code == Code::interrupted ||
            result.error().code == Code::unavailable)
            return result;
        if (Status held = check(); !held && held.error().code == Code::fenced)
            return failure(std::move(held).error());
        return result;
    }
    // Ends the claim: removes beats and claims up to ours, ours last, then `.haul/` itself where it is empty.
    [[nodiscard]] Status release();
    // Takes our claim alone away and leaves those that were found: for who came to do something that leaves
    // the work to whoever goes on with it, at once. Where none was found that is release(). Code::fenced as
    // there.
    [[nodiscard]] Status hand_back();

  private:
    Claim() = default;
    struct State;
    std::unique_ptr<State> state_;
};

// For `haul cancel` and sweeping: what claims lie at a destination, lowest first.
[[nodiscard]] Result<std::vector<format::ClaimRecord>> read_claims(store::Store& store);

}  // namespace haul::claim
