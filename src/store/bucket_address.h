// The s3:// form of an address: what parse_address and Address do for buckets (address.h has the rules).
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "store/address.h"

namespace haul::store {

struct Parted {
    std::string_view place, query;
    bool queried = false;  // a `?` stood between them
};
// Cuts at the last `?` where a query stands behind it; `query` is without its `?`.
[[nodiscard]] Parted part_query(std::string_view text);

// `rest` is what stands behind "s3://".
[[nodiscard]] Result<Address> bucket_address(std::string_view rest, std::string_view text);
// `place` ("s3://bucket/prefix") with what of the options tells places apart.
[[nodiscard]] std::string with_endpoint(const std::string& place, const Address& address);
// `text` with the name in its path, before its query.
[[nodiscard]] std::string with_child(std::string_view text, std::string_view name);

}  // namespace haul::store
