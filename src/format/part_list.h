// A part's member list: `.haul/parts/part-NNNNN.rR.list.zst`, written before the part's first byte. Header
// line, a line a member (as in the manifest, without crc32, digest, offset and proof; with the listed
// version), then a closing line with the layout hash and the listing's cursor behind the last member. Streams
// both ways.
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
#include "format/manifest.h"
#include "format/member.h"
#include "format/set_record.h"

namespace haul::format {

struct PartListHeader {
    std::uint32_t part = 0, revision = 0;  // from 1
};
// What the listing, or the filling of an earlier revision, came to that is not a member of this part. In the
// list, so that a machine without the ledger still knows it.
struct ListNote {
    enum class What : std::uint8_t {
        skipped,  // left out by a rule
        failed,   // could not be done
        late,     // changed while it was read: left to a later part
    } what = What::skipped;
    ItemNote item;
    bool operator==(const ListNote&) const = default;
};

struct PartListEnd {
    std::string layout_hash;
    std::string cursor;     // bytes
    bool last = false;      // the listing ended with this part
    bool oversize = false;  // a single file above the part size
    bool settles = false;   // made of late members, not by the listing
    std::uint64_t members = 0, folders = 0, bytes = 0, image_size = 0;
    std::uint64_t text = 0;       // TableSize::text of its members: what reading it takes; 0: not said
    std::vector<ListNote> notes;  // lines of their own in front of the closing line
};

class PartListWriter {
  public:
    [[nodiscard]] Status begin(const PartListHeader& header, std::string& out);
    [[nodiscard]] Status add(const Member& member, std::string& out);
    [[nodiscard]] Status end(const PartListEnd& end, std::string& out);

  private:
    CompressedLines lines_;
};

class PartListReader {
  public:
    explicit PartListReader(std::string subject);
    [[nodiscard]] Status write(std::string_view compressed, const MemberSink& sink);
    // Code::corrupt where the closing line is missing or counts disagree.
    [[nodiscard]] Result<PartListEnd> end();
    [[nodiscard]] const std::optional<PartListHeader>& header() const { return header_; }

  private:
    [[nodiscard]] Status take_line(std::string_view line, const MemberSink& sink);
    std::string subject_;
    zstd::Decompressor decompressor_;
    std::string pending_;
    std::optional<PartListHeader> header_;
    std::optional<PartListEnd> end_;
    std::vector<ListNote> notes_;
    std::uint64_t members_ = 0, folders_ = 0;
};

}  // namespace haul::format
