// One header of a central directory, from anybody: checked by itself and turned into an Entry.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "zip/extra_field.h"
#include "zip/reader.h"

namespace haul::zip {

// The whole header's length, from its first 46 bytes.
[[nodiscard]] std::size_t central_header_length(Bytes fixed);

// `header` is exactly one header. `shift` is added to its offset. The entry's limit is not known yet.
[[nodiscard]] Result<Entry> parse_central_header(Bytes header, std::uint64_t shift, std::string_view archive);

}  // namespace haul::zip
