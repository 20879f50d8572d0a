// Candidates enter the ledger, and channels open, close and let their items through.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "flow/collect/facts.h"
#include "flow/collect/work.h"
#include "ledger/ledger.h"

namespace haul::collect {

class Admission;

// Adds what follows from finding these: with Work::admission held, until `outcome` is committed.
[[nodiscard]] Status admit(Work& work, const std::vector<Candidate>& found, ledger::Outcome& outcome);

// Candidates that were left out come back where the plan, as it is now, has no reason any more to leave them
// out. Many share a commit: what one changes counts for those that come back behind it.
class Readmission {
  public:
    // `revision`: of the plan, that there are units for them which are not done.
    Readmission(Work& work, std::uint64_t revision);
    ~Readmission();
    Readmission(const Readmission&) = delete;
    Readmission& operator=(const Readmission&) = delete;

    // True: it comes back, with the next commit; some hundreds are committed at once.
    [[nodiscard]] Result<bool> take(const std::string& id, const LeftOut& left_out);
    // What is left, at the end.
    [[nodiscard]] Status commit();

  private:
    void begin();

    Work& work_;
    std::string turn_;
    ledger::Outcome outcome_;
    std::unique_ptr<Admission> admission_;  // what is known of channels while outcome_ is not committed
    std::size_t taken_ = 0;
};

// Why the plan does not want it, by its licence; nullopt: it does. With `described`, what is not known now
// never will be.
[[nodiscard]] std::optional<LeftOut> refused_by_licence(const Candidate& candidate, const Plan& plan,
                                                        bool described);

// What its source can say of it before it is fetched, or why it is left out.
struct Described {
    Candidate candidate{};
    std::optional<LeftOut> left_out{};
};
// `unit`: that asks, for Work::trouble, which has looked at the errors. `evidence`: of its licence when it
// was fetched, which counts then, whatever its source says now.
[[nodiscard]] Result<Described> describe(Work& work, const std::string& unit, const Candidate& candidate,
                                         const std::stop_token& stop,
                                         const std::optional<Licence>& evidence = {});

// Errors that are about one item alone, and stand until its source changes it.
[[nodiscard]] std::optional<LeftOut> left_out_by(const Error& error);

}  // namespace haul::collect
