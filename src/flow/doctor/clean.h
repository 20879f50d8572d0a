// haul doctor --clean: an end to uploads that a dead owner left at a service, which charges for them, and
// that nobody else sees.
#pragma once

#include <chrono>
#include <cstdint>
#include <stop_token>
#include <vector>

#include "base/result.h"
#include "report/event.h"
#include "store/store.h"

namespace haul::doctor {

struct Cleaning {
    bool claimed = false;                     // a job's claim lies there
    std::uint64_t recorded = 0;               // files in `.haul/uploads/`
    std::vector<store::PendingUpload> ended;  // also those that turned out to be gone
};

// Ends every upload that `.haul/uploads/` at `store` (a set's folder, or what is unpacked into) tells of, and
// removes those records; all else that a job left stays, so that it can be continued. `timeout`: as of the
// job, when the claim of another machine counts as abandoned. Code::busy where the claim's owner lives (says
// who), Code::fenced where another took over meanwhile, Code::corrupt where uploads are recorded beneath no
// claim; Code::interrupted: asked to stop.
[[nodiscard]] Result<Cleaning> clean(store::Store& store, std::chrono::nanoseconds timeout, report::Hub& hub,
                                     const std::stop_token& stop);

}  // namespace haul::doctor
