// Where a store is: what users write as SOURCE and DEST.
//
//   /path  ./path  file:///path      local folder
//   s3://bucket/prefix               S3 (later)
//   rclone:REMOTE:path  http(s)://…  (later)
// Values only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace haul::store {

enum class Scheme : std::uint8_t { local, s3, rclone, http };

struct Address {
    Scheme scheme = Scheme::local;
    std::string path;       // local: absolute, `.` and `..` and symlinks resolved as far as the path exists
    std::string authority;  // bucket, remote or host; empty for local
    std::string as_given;

    // The text that identifies the place: "/data/in", "s3://bucket/prefix".
    [[nodiscard]] std::string canonical() const;
    // "stamps" of /usr/share/tuxpaint/stamps; empty for `/`.
    [[nodiscard]] std::string last_element() const;
    // The address of something beneath.
    [[nodiscard]] Address child(std::string_view name) const;
};

// Code::usage for text that is no address. All schemes parse; open_store says Code::unsupported for those not
// built yet.
[[nodiscard]] Result<Address> parse_address(std::string_view text);

// Whether `inner` is `outer` or lies beneath it.
[[nodiscard]] bool contains(const Address& outer, const Address& inner);

}  // namespace haul::store
