// verify --against, seen from the source: what a pack of it would take now and the set does not have.
#pragma once

#include <functional>
#include <stop_token>

#include "base/result.h"
#include "flow/pack/pack.h"
#include "flow/set/verify.h"
#include "format/set_record.h"
#include "store/store.h"

namespace haul::pack {

// `request`: source, options and state folder count. Tells each path that is missing; what the record lists
// as failed is known and left out. Memory: about 100 MB, however many members; more members, more passes.
[[nodiscard]] Status find_missing(store::Store& source, store::Store& destination, const Request& request,
                                  const format::SetRecord& record,
                                  const std::function<void(set::Finding)>& tell, const std::stop_token& stop);

}  // namespace haul::pack
