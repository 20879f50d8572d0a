// Takes a claim's files away when its work is done. Stateless; only for the owner, right after it checked
// that it is.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "store/store.h"

namespace haul::claim {

// Code::fenced where there is a higher claim: nothing is removed then. In this order, so that at each moment
// the highest claim that is left is ours: temporaries and beats, claims below `number` upwards, empty
// folders, our own claim, `.haul/` where it is empty then.
[[nodiscard]] Status remove_claims(store::Store& store, std::uint64_t number);

}  // namespace haul::claim
