// Bytes and text: names on disk are bytes, and only sometimes UTF-8.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace haul::text {

// RFC 3629: no overlong forms, no surrogates, at most U+10FFFF.
[[nodiscard]] bool is_utf8(std::string_view bytes);
[[nodiscard]] bool is_ascii(std::string_view bytes);

// The character at the front of `bytes`; length 0 where they are empty or do not begin with well-formed
// UTF-8.
struct CodePoint {
    char32_t value = 0;
    std::size_t length = 0;  // bytes
};
[[nodiscard]] CodePoint first_code_point(std::string_view bytes);

// For terminals and logs: control bytes, invalid UTF-8 and what breaks or turns a line become \n, \t, \xHH;
// the rest stays.
[[nodiscard]] std::string printable(std::string_view bytes);

// A to Z as a to z; all other bytes stay.
[[nodiscard]] std::string lower(std::string_view bytes);
// Without blanks, tabs and line ends around it.
[[nodiscard]] std::string_view trimmed(std::string_view bytes);

// RFC 4648, with padding. Decoding refuses anything else.
[[nodiscard]] std::string base64(std::string_view bytes);
[[nodiscard]] std::optional<std::string> base64_decode(std::string_view encoded);

// RFC 4648 in lower case, without padding: for names that are read aloud and stand on file systems that fold
// case.
[[nodiscard]] std::string base32(std::string_view bytes);

[[nodiscard]] std::string hex(std::span<const std::byte> bytes);
[[nodiscard]] std::optional<std::string> hex_decode(std::string_view encoded);

// Display width of a UTF-8 text in terminal cells (combining marks 0, East Asian wide and emoji 2).
[[nodiscard]] std::size_t display_width(std::string_view utf8);
// At most `cells` wide, cut in the middle with an ellipsis where it would not fit.
[[nodiscard]] std::string elide(std::string_view utf8, std::size_t cells);

}  // namespace haul::text
