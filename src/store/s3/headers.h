// What HTTP headers say of an object, and which headers say it: version, size, times, metadata, checksum.
// Values only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "http/exchange.h"
#include "store/open_store.h"
#include "store/store.h"

namespace haul::store::s3 {

// Content-Type, x-amz-meta-* (names in lower case), Last-Modified.
[[nodiscard]] Attributes attributes_of(const http::Answer& answer);
// ETag as it stands, with its quotes.
[[nodiscard]] Version version_of(const http::Answer& answer);
// The service's checksum of the whole object, where it sent one.
[[nodiscard]] std::optional<std::uint32_t> whole_crc32_of(const http::Answer& answer);
// Of "bytes 0-99/1234", else of Content-Length.
[[nodiscard]] std::optional<std::uint64_t> object_size_of(const http::Answer& answer);

// Of a new object: its attributes and encryption. Code::unsupported for metadata that cannot be a header.
[[nodiscard]] Status put_attributes(http::Request& request, const Attributes& attributes,
                                    const ServiceOptions& options, const std::string& subject);
void put_storage_class(http::Request& request, const ServiceOptions& options);
// If-None-Match or If-Match.
void put_condition(http::Request& request, const Condition& condition);

// Whether objects of this class have to be restored before they can be read.
[[nodiscard]] bool is_archive(std::string_view storage_class);

}  // namespace haul::store::s3
