// A listing under way: ListObjectsV2, page by page.
//
// Within one listing pages follow one another by the service's token; a cursor, which must hold across
// processes, is the last key (start-after). A key of size 0 that ends in `/` is a folder. Keys that come out
// of order, a sign of a stale or repeated page, end the listing with an error that passes (Retry::later).
#pragma once

#include <memory>

#include "store/s3/bucket.h"
#include "store/store.h"

namespace haul::store::s3 {

// Code::not_found where no key lies beneath the folder (a bucket may be empty).
[[nodiscard]] Result<std::unique_ptr<Listing>> open_listing(std::shared_ptr<Bucket> bucket,
                                                            const ListRequest& request);

// Why a prefix that holds nothing cannot be listed or opened.
[[nodiscard]] Error nothing_beneath(const Tried& tried);

// The first page of at most `most` keys behind `prefix`, without a listing.
[[nodiscard]] Result<KeyPage> list_keys(Bucket& bucket, const std::string& prefix, unsigned most,
                                        const Tried& tried);

}  // namespace haul::store::s3
