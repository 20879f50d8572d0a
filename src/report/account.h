// An error as a record tells it, with nothing left for the reader to guess: what its subject was in before,
// what was kept, what was removed, what happens next, and whether data is at risk. What nobody said of an
// error is what holds of every error in its place. Values only.
#pragma once

#include <string>

#include "base/error.h"
#include "base/json.h"
#include "report/event.h"

namespace haul::report {

// The error of an event, which has one.
[[nodiscard]] Error told(const Event& event);
// An error that ended the run of a job.
[[nodiscard]] Error told_at_end(Error error);

// As to_json(Error), and all of "state", "kept", "cleaned", "next", "data_at_risk", with "at_risk" where that
// is true.
[[nodiscard]] json::Ordered record_json(const Error& told);
// "before: leased; kept: …; removed: …; data at risk: none"
[[nodiscard]] std::string account_text(const Error& told);
// What of the data may be lost, in words, also where nothing may be.
[[nodiscard]] std::string risk_text(const Error& error);

}  // namespace haul::report
