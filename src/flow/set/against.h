// verify --against: the members of a set held against the source they came from.
#pragma once

#include <functional>
#include <stop_token>

#include "base/result.h"
#include "flow/set/verify.h"
#include "format/set_record.h"
#include "store/store.h"

namespace haul::set {

// Tells each member that the source does not have, or has with another kind, mode, size, time, target or
// contents. A service keeps neither modes nor times of files: there size and contents are compared. What the
// set lacks: flow/pack/missing.h, which knows the filters.
[[nodiscard]] Status compare_with_source(store::Store& set, const format::SetRecord& record,
                                         store::Store& source, const std::function<void(Finding)>& tell,
                                         const std::stop_token& stop);

}  // namespace haul::set
