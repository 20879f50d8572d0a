// What a run came to so far: its totals and the items that could not be unpacked. One thread.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "flow/unpack/survey.h"
#include "flow/unpack/work.h"
#include "ledger/ledger.h"

namespace haul::unpack {

class OutcomeLog {
  public:
    explicit OutcomeLog(Work& work) : work_(work) {}
    void done(const Item& item);
    void skipped(const std::string& path, const std::string& why);
    void failed(const std::string& path, Error error);
    // The same where the error is about the item alone (about_item); else the error is returned.
    [[nodiscard]] Status failed_alone(const std::string& path, Error error);

    // As checkpoint text: where to go on, and the totals; and back. Returns where to go on.
    [[nodiscard]] std::string progress(std::size_t next) const;
    [[nodiscard]] Result<std::size_t> resume(const std::string& progress, std::size_t first);
    // The facts since the last call; with `total_key` also the totals.
    [[nodiscard]] ledger::Outcome take(const std::string& total_key = {});

  private:
    Work& work_;
    ledger::Outcome outcome_;
    Counted counted_;
};

// What to do about members that are damaged in the archive.
[[nodiscard]] std::string damage_remedy(const Request& request, bool is_set);
// What to do about an item's error that does not say so itself; empty: nothing is known.
[[nodiscard]] std::string usual_remedy(const Error& error, const Request& request, bool is_set);

// Whether an error is about one item at the destination, so that the others go on.
[[nodiscard]] bool about_item(const Error& error);

}  // namespace haul::unpack
