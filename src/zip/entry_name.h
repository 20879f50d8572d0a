// From the bytes of a header to the name of an entry.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "zip/extra_field.h"

namespace haul::zip {

struct RawName {
    std::string_view bytes;
    bool flagged_utf8 = false;
    bool made_on_unix = false;  // macOS included: their tools write UTF-8 without saying so
    Bytes extra;
};

// UTF-8, with `.` elements taken off (bsdtar and others write `./a`); a folder that is nothing else becomes
// `./`. nullopt: flagged as UTF-8, and is not.
[[nodiscard]] std::optional<std::string> decode_name(const RawName& raw);

}  // namespace haul::zip
