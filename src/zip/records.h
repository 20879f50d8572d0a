// The exact bytes of the records that we write (docs/format-zip.md, Z1 to Z10), and how long each is.
//
// Pure functions over an Item; lengths in bytes. APPNOTE 6.3.10 sections 4.3.7, 4.3.12, 4.3.14
// to 4.3.16, 4.5.3; Info-ZIP's extra field 0x5455.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "zip/layout.h"

namespace haul::zip {

inline constexpr std::uint32_t local_signature = 0x04034b50;
inline constexpr std::uint32_t central_signature = 0x02014b50;
inline constexpr std::uint32_t end_signature = 0x06054b50;
inline constexpr std::uint32_t end64_signature = 0x06064b50;
inline constexpr std::uint32_t locator_signature = 0x07064b50;

inline constexpr std::size_t local_fixed = 30, central_fixed = 46, end_fixed = 22, end64_fixed = 56,
                             locator_fixed = 20;

inline constexpr std::uint16_t zip64_field = 0x0001, ntfs_field = 0x000a, time_field = 0x5455,
                               path_field = 0x7075;
inline constexpr std::uint16_t flag_encrypted = 1U << 0U, flag_descriptor = 1U << 3U, flag_patch = 1U << 5U,
                               flag_strong = 1U << 6U, flag_utf8 = 1U << 11U, flag_masked = 1U << 13U;
inline constexpr std::uint16_t full16 = 0xffff;
inline constexpr std::uint32_t full32 = 0xffff'ffff;

// A value that its 32-bit field cannot hold: all ones mean "see the ZIP64 record".
[[nodiscard]] constexpr bool saturates(std::uint64_t value) { return value >= full32; }

[[nodiscard]] std::size_t local_header_size(const Item& item);
// `into` has local_header_size(item) bytes.
void write_local_header(const Item& item, std::uint32_t crc32, std::span<std::byte> into);

// Where a member lies, as its central header tells it.
struct Place {
    std::uint64_t header_offset = 0;
    // All three values go to the ZIP64 field, saturated or not. Set behind a member of exactly 0xFFFFFFFF
    // bytes: Info-ZIP's unzip 6 keeps that size when it reads the next ZIP64 field, and takes it for a mark
    // that sizes are there.
    bool wide = false;
};
[[nodiscard]] std::size_t central_header_size(const Item& item, const Place& place);
void append_central_header(const Item& item, std::uint32_t crc32, const Place& place, std::string& to);

// What the records behind the central directory say.
struct Ending {
    std::uint64_t count = 0;
    std::uint64_t directory_offset = 0;
    std::uint64_t directory_size = 0;
};
[[nodiscard]] std::size_t end_records_size(const Ending& ending);
void append_end_records(const Ending& ending, std::string& to);

}  // namespace haul::zip
