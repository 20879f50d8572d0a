// Media types and the endings of file names that go with them. Pure.
#pragma once

#include <string>
#include <string_view>

namespace haul::collect {

// Of a header Content-Type: in lower case, without parameters.
[[nodiscard]] std::string media_type_of(std::string_view content_type);
// A page for people, which servers give in place of media that they do not.
[[nodiscard]] bool is_page(std::string_view media_type);
// The ending for a file of it: by its type, where that says one, else as its URL has it; "bin" where neither
// does. Without the dot, lower case.
[[nodiscard]] std::string extension_of(std::string_view media_type, std::string_view url);

}  // namespace haul::collect
