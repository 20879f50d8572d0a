// Create-only at a service that does not know If-None-Match: a look, then a write that would replace. Right
// only while nobody else writes there, which ServiceOptions::sole_writer says.
#pragma once

#include <span>
#include <stop_token>
#include <string>

#include "store/s3/bucket.h"
#include "store/store.h"

namespace haul::store::s3 {

// Where the bucket creates by looking, sets what Write::result says of create-only writes: Code::exists where
// the object is there, another error where that could not be told. Those that failed already are left alone,
// and so are all others. One batch of HEADs. Thread-safe.
void look_first(Bucket& bucket, std::span<Write> writes, const std::stop_token& stop);

// The same of one object, the end of an upload.
[[nodiscard]] Status look_first(Bucket& bucket, const std::string& key, const Tried& tried);

// The condition that the write itself carries: none where a look took its place.
[[nodiscard]] Condition condition_sent(const Bucket& bucket, const Condition& condition);

// Of a file or a folder: the key of what is written.
[[nodiscard]] std::string key_of(const Bucket& bucket, const Write& write);

}  // namespace haul::store::s3
