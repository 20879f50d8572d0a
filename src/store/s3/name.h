// Which names an S3 store takes: any key that is not empty, without a NUL byte, of at most 1,024 bytes and in
// UTF-8
// ("Naming Amazon S3 objects", Amazon S3 User Guide). Elements may be empty, `.` or `..`: they are bytes of a
// key and lead nowhere.
#pragma once

#include <string_view>

#include "store/s3/bucket.h"

namespace haul::store::s3 {

[[nodiscard]] Status check_key_name(const Bucket& bucket, std::string_view name, std::string_view operation);

}  // namespace haul::store::s3
