// Inside of format: a member's line in its two forms, appended to a buffer that is used again, and the names
// of its words.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "format/member.h"

namespace haul::format {

enum class LineForm : std::uint8_t {
    manifest,
    list,  // without crc32, digest, offset and proof: what is not known before the part is filled
};
// Without the newline.
void append_line(std::string& out, const Member& member, LineForm form);

// What zip_name is where the line does not say it. Files and symlinks, and folders with an offset, have the
// entry that their path says; other folders have none.
[[nodiscard]] std::string usual_zip_name(const Member& member, bool has_offset);

[[nodiscard]] std::string_view name_of_kind(zip::Kind kind);
[[nodiscard]] std::optional<zip::Kind> kind_named(std::string_view name);
[[nodiscard]] std::optional<Proof> proof_named(std::string_view name);
// Exactly eight lower-case hex digits.
[[nodiscard]] std::optional<std::uint32_t> checksum_of(std::string_view digits);

// Lines longer than this are neither written nor read, so that a damaged manifest cannot fill memory.
inline constexpr std::size_t kLongestLine = 1U << 20U;

}  // namespace haul::format
