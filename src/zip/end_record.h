// Where an archive's central directory is: the end record, and the ZIP64 records before it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/result.h"
#include "zip/reader.h"

namespace haul::zip {

// The end of an archive in memory, so that small directories need no second read.
struct TailBytes {
    std::uint64_t offset = 0;
    std::vector<std::byte> bytes;
};

struct DirectoryPlace {
    std::uint64_t offset = 0;  // in the file
    std::uint64_t size = 0;
    std::uint64_t count = 0;
    std::uint64_t shift =
        0;  // to add to every offset in the archive: what stands before it (self-extractors)
};

[[nodiscard]] Result<TailBytes> read_tail(Source& source);
// Refuses archives without, or with more than one, end record that fits; archives over several disks; a ZIP
// archive before the archive.
[[nodiscard]] Result<DirectoryPlace> find_directory(Source& source, const TailBytes& tail);

}  // namespace haul::zip
