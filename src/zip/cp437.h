// The names of archives that say nothing of UTF-8: code page 437, as APPNOTE (appendix D) has it.
#pragma once

#include <string>
#include <string_view>

namespace haul::zip {

// To UTF-8. Bytes below 0x80 stay as they are, control bytes included.
[[nodiscard]] std::string from_cp437(std::string_view bytes);

}  // namespace haul::zip
