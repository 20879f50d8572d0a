// What is known of one object without reading it.
#pragma once

#include "store/s3/bucket.h"
#include "store/store.h"

namespace haul::store::s3 {

// A folder is there where its own key is, or any beneath it.
[[nodiscard]] Result<Stat> look_at(Bucket& bucket, const StatRequest& request);

}  // namespace haul::store::s3
