// Reads a part's image from its store and holds it against its layout: every header, every member, the
// directory.
//
// Shared by verify, by adopting a part that was published before a kill, by --verify=full, and by services
// that keep no checksum of whole objects. Bounded memory: kImageStretch for each stretch at once. One call a
// thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "format/member_table.h"
#include "store/store.h"

namespace haul::set {

struct ImageContents {
    std::uint32_t crc32 = 0;          // of the whole image as read
    std::vector<std::uint32_t> crcs;  // of each entry's data as read
    std::string digests;  // raw digests of the entries that are files, back to back: entry i at i * width
};  // (all zero for others)

// A contradiction in the image. `entry`: the entry it lies in; nullopt: central directory or end records.
using Contradiction =
    std::function<void(std::uint64_t offset, std::optional<std::size_t> entry, std::string what)>;

struct ImageReading {
    std::function<void(std::uint64_t)> progress =
        {};                   // gets the bytes read since its last call; may be empty
    std::size_t at_once = 1;  // stretches held, all but one of which are read side by side (read_ahead.h)
};

// Reads the image `name` and computes what it holds. Headers and directory are compared with what the layout
// gives for `expected` CRCs, or, where that is empty, for the CRCs of the data itself. Each difference is
// told to `contradiction` with the offset of its first wrong byte; data that does not fit its expected CRC is
// told too. A size that differs from the layout's is a contradiction at the end of the shorter one.
[[nodiscard]] Result<ImageContents> check_image(store::Store& store, const std::string& name,
                                                const format::MemberTable& table,
                                                const std::vector<std::uint32_t>& expected,
                                                digest::Algorithm algorithm,
                                                const Contradiction& contradiction, const ImageReading& how,
                                                const std::stop_token& stop);

// What is read with one call.
inline constexpr std::uint64_t kImageStretch = 8ULL << 20U;
// What one check takes beside table and sums: a stretch of the image, and what it should be. Each more at
// once takes kImageStretch more.
inline constexpr std::uint64_t kImageCheckMemory = 18ULL << 20U;

// Width in bytes of one raw digest.
[[nodiscard]] std::size_t digest_width(digest::Algorithm algorithm);

}  // namespace haul::set
