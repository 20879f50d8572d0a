// Extra fields of foreign headers: found by their id, and what those that we heed say.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace haul::zip {

using Bytes = std::span<const std::byte>;

// The payload of the first field with this id. A field that reaches beyond its header's end, and what is
// behind it, do not count.
[[nodiscard]] std::optional<Bytes> find_field(Bytes extra, std::uint16_t id);

// Takes the 64-bit values of a ZIP64 field in their order; a value is there only where its 32-bit field is
// saturated.
class Zip64Values {
  public:
    explicit Zip64Values(Bytes extra);
    // Replaces a saturated value. false: the field is there and ends before it. Without any field the value
    // stands.
    [[nodiscard]] bool resolve(std::uint64_t& value);
    [[nodiscard]] bool resolve_disk(std::uint32_t& disk);

  private:
    std::optional<Bytes> rest_;
};

// Seconds since 1970 UTC from 0x5455 or the NTFS field; nullopt where neither says.
[[nodiscard]] std::optional<std::int64_t> mtime_of(Bytes extra);
// The UTF-8 name of 0x7075, where it belongs to these raw bytes (its CRC-32 says so).
[[nodiscard]] std::optional<std::string_view> unicode_path_of(Bytes extra, std::string_view raw_name);

}  // namespace haul::zip
