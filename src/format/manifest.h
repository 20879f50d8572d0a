// A part's manifest: `part-NNNNN.jsonl.zst`, a header line, then a line a member in the order of the listing.
// Streams both ways. One object per thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/zstd.h"
#include "format/compressed_lines.h"
#include "format/member.h"

namespace haul::format {

inline constexpr std::string_view kFormat = "haul/1";

struct ManifestHeader {
    std::string part;         // "part-00001.zip"
    std::string layout_hash;  // zip::Layout::hash()
    std::uint64_t image_size = 0;
    std::uint32_t crc32 = 0;    // of the whole image
    std::uint64_t members = 0;  // with a ZIP entry
    std::uint64_t folders = 0;  // lines without one
    std::uint64_t bytes = 0;    // of file contents
    std::string first, last;    // paths of the first and last member
};

// "haul/1" and later minor forms pass, another major version is Code::unsupported with the remedy.
[[nodiscard]] Status check_format(std::string_view format, std::string_view subject);

// Appends compressed bytes to a string that the caller may drain between calls. A member whose line would be
// longer than 1 MiB is Code::unsupported, lines other than the header promised Code::internal.
class ManifestWriter {
  public:
    [[nodiscard]] Status begin(const ManifestHeader& header, std::string& out);
    [[nodiscard]] Status add(const Member& member, std::string& out);
    [[nodiscard]] Status end(std::string& out);

  private:
    CompressedLines lines_;
    std::uint64_t promised_members_ = 0, promised_folders_ = 0, members_ = 0, folders_ = 0;
};

// Feed compressed bytes in order, take members out. Lines above 1 MiB, a count that disagrees with the
// header, or bytes behind the end: Code::corrupt.
class ManifestReader {
  public:
    explicit ManifestReader(std::string subject);
    // Appends the members that became complete.
    [[nodiscard]] Status write(std::string_view compressed, const MemberSink& sink);
    [[nodiscard]] Status end();
    // Known once the first line was read.
    [[nodiscard]] const std::optional<ManifestHeader>& header() const { return header_; }

  private:
    [[nodiscard]] Status take_line(std::string_view line, const MemberSink& sink);
    std::string subject_;
    zstd::Decompressor decompressor_;
    std::string pending_;
    std::optional<ManifestHeader> header_;
    std::uint64_t with_entry_ = 0, without_entry_ = 0;
};

}  // namespace haul::format
