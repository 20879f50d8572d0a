// What an endpoint can do, found by trying once, and kept.
//
// probe() makes about a dozen small requests beneath the prefix (objects `.haul-probe-…`, removed again):
// create-only and If-Match writes, a conditional read, a copied range, an upload whose end is refused for a
// wrong whole-object CRC-32, and the order of a listing. Kept in FOLDER/HASH.json, a hash of endpoint and
// bucket.
#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include "store/s3/bucket.h"

namespace haul::store::s3 {

struct Knowledge {
    bool create_only = true;
    bool replace_if = true;
    bool conditional_read = true;
    bool full_object_checksum = true;
    bool pieces_with_crc = false;  // ListParts tells each piece's CRC-32
    bool ranged_copy = true;       // a range is copied, and with its own CRC-32 (some answer the source's)
    bool byte_order = false;
};

// nullopt where nothing is kept, or what is kept cannot be read.
[[nodiscard]] std::optional<Knowledge> recall(const std::string& folder, const Settings& settings);
// Best effort: what cannot be kept is found again.
void keep(const std::string& folder, const Settings& settings, const Knowledge& knowledge);

// An error where the place cannot be written at all; with Retry::later where the service failed in passing,
// which says nothing about what it can: probe() may be called again.
[[nodiscard]] Result<Knowledge> probe(const std::shared_ptr<Bucket>& bucket);

}  // namespace haul::store::s3
