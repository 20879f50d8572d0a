// Whole small objects, by one batch of PUTs, each with its CRC-32.
#pragma once

#include <span>
#include <stop_token>

#include "store/s3/bucket.h"
#include "store/store.h"

namespace haul::store::s3 {

// Folders are keys of size 0 that end in `/`; the root needs none. Symlinks are Code::unsupported.
void write_objects(Bucket& bucket, std::span<Write> writes, const std::stop_token& stop);

// What a service's complaint about a checksum means: where our own bytes still match theirs, they were
// damaged on the way, and trying again helps.
[[nodiscard]] Error checksum_error(Error error, std::span<const std::byte> bytes, std::uint32_t crc32);

}  // namespace haul::store::s3
