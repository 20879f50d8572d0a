// May a claim that lies at the destination be superseded by us? Stateless.
#pragma once

#include <chrono>

#include "base/result.h"
#include "format/claim_record.h"
#include "store/store.h"

namespace haul::claim {

// Success: it may. Code::usage where it is for another request, Code::busy where its owner lives,
// Code::not_found where it vanished meanwhile.
[[nodiscard]] Status may_supersede(store::Store& store, const format::ClaimRecord& there,
                                   const format::ClaimRecord& ours, std::chrono::nanoseconds timeout);

}  // namespace haul::claim
