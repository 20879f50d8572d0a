// Where a store is: what users write as SOURCE and DEST.
//
//   /path  ./path  file:///path      local folder
//   s3://bucket/prefix?endpoint=URL&region=NAME&path-style=true|false      S3
//   rclone:REMOTE:path  http(s)://…  (later)
//
// s3: the query is what stands behind the last `?`, where that is empty, has a `=` in it or is the name of an
// option; it is percent-decoded, and an option that we do not know is refused. All else is bucket and prefix,
// byte for byte as it stands (`%` and `+` are themselves), so that a `?` in a prefix needs no escape unless
// it looks like a query: then an empty query behind it says that it is none ("s3://bucket/a?b=c?"). One slash
// at the end is dropped; empty, `.` and `..` elements are refused, and so is an endpoint with a user in it.
// Values only.
#pragma once

#include <cstdint>
#include <map>
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
    std::map<std::string, std::string> options = {};  // s3: endpoint (in normal form), region, path-style

    // The text that identifies the place: "/data/in", "s3://bucket/prefix?endpoint=http://host:9000". It can
    // be parsed again. Region and path-style do not tell places apart, and credentials are in no address.
    [[nodiscard]] std::string canonical() const;
    // "stamps" of /usr/share/tuxpaint/stamps; empty for `/`.
    [[nodiscard]] std::string last_element() const;
    // The address of something beneath.
    [[nodiscard]] Address child(std::string_view name) const;
};

// Code::usage for text that is no address. All schemes parse; open_store says Code::unsupported for those not
// built yet.
[[nodiscard]] Result<Address> parse_address(std::string_view text);

// Whether `inner` is `outer` or lies beneath it. Buckets at different endpoints, or one with and one without,
// are different places.
[[nodiscard]] bool contains(const Address& outer, const Address& inner);

}  // namespace haul::store
