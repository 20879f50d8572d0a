// May a claim that lies at the destination be superseded by us? Stateless.
#pragma once

#include <stop_token>

#include "base/result.h"
#include "flow/claim/claim.h"
#include "format/claim_record.h"
#include "report/event.h"
#include "store/store.h"

namespace haul::claim {

// Success: it may. Code::usage where it is for another request, Code::busy where its owner lives,
// Code::not_found where it vanished meanwhile. Where the last sign of life lies so far in the future of the
// store's clock that it would never age, it is watched instead, for up to the time-out of ours.
[[nodiscard]] Status may_supersede(store::Store& store, const format::ClaimRecord& there, const Request& ours,
                                   report::Hub& hub, const std::stop_token& stop);

}  // namespace haul::claim
