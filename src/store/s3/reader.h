// Ranges of many objects, by one batch of ranged GETs with If-Match.
#pragma once

#include <span>
#include <stop_token>

#include "store/s3/bucket.h"
#include "store/store.h"

namespace haul::store::s3 {

void read_ranges(Bucket& bucket, std::span<Read> reads, const std::stop_token& stop);

}  // namespace haul::store::s3
