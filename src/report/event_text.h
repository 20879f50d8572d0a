// Events as lines for people and as JSON for programs. Values only.
#pragma once

#include <string>

#include "base/json.h"
#include "report/event.h"

namespace haul::report {

// How loud an event is: its own level, or more where its type says so (a failed item is an error).
[[nodiscard]] Level level_of(const Event& event);
// One line without newline; control bytes escaped. Empty: nothing to say to people (workers, progress,
// totals).
[[nodiscard]] std::string line_of(const Event& event);

// "time", "event", "job", then what the event carries; docs/cli.md lists the fields. Bytes that are no UTF-8
// are also given as FIELD_b64.
[[nodiscard]] json::Ordered to_json(const Event& event);
// {"code","retry","operation","subject","detail","os_error","remedy","kept","cleaned","state","next",
// "at_risk","cause":{…}}; empty ones are left out. A cause says what failed alone.
[[nodiscard]] json::Ordered to_json(const Error& error);

}  // namespace haul::report
