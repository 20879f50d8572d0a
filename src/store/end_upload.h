// Ends an upload of which nothing is left but what was written down of it.
#pragma once

#include <string>

#include "base/result.h"
#include "store/store.h"

namespace haul::store {

// Everything of the upload `id` of the object `name` is gone afterwards. One that was finished, or is gone
// already, is fine.
[[nodiscard]] Status end_upload(Store& store, const std::string& name, const std::string& id);

}  // namespace haul::store
