// What is wrong with an archive, in the same words everywhere.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/text.h"

namespace haul::zip {

// The archive contradicts itself or the format.
[[nodiscard]] inline Error corrupt(std::string_view archive, std::string detail) {
    return make_error(Code::corrupt, "read archive", std::string(archive), std::move(detail));
}
[[nodiscard]] inline Error corrupt(std::string_view archive, std::string_view entry,
                                   std::string_view detail) {
    return corrupt(archive, fmt::format("entry `{}`: {}", text::printable(entry), detail));
}
// Valid, but nothing that we read.
[[nodiscard]] inline Error unsupported(std::string_view archive, std::string detail) {
    return make_error(Code::unsupported, "read archive", std::string(archive), std::move(detail));
}
[[nodiscard]] inline Error unsupported(std::string_view archive, std::string_view entry,
                                       std::string_view detail) {
    return unsupported(archive, fmt::format("entry `{}`: {}", text::printable(entry), detail));
}

}  // namespace haul::zip
