// Removing objects: in batches of up to 1,000 (DeleteObjects), those with a condition one by one.
#pragma once

#include <span>
#include <stop_token>

#include "store/s3/bucket.h"
#include "store/store.h"

namespace haul::store::s3 {

void remove_objects(Bucket& bucket, std::span<Remove> removes, const std::stop_token& stop);

}  // namespace haul::store::s3
