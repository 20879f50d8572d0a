// All members of one part in memory, compactly, with the part's layout: what filling, checking and unpacking
// a part work on.
//
// A line is a member of the list or manifest in its order; an entry is a line that stands in the archive.
// Lines of folders without a ZIP entry have none. Memory: see memory_of(). Built by one thread; const calls
// may then come from any. Views that it hands out live as long as the table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "format/member.h"
#include "zip/layout.h"

namespace haul::format {

// The member as the archive sees it; a view of `member`, which must outlive it. Where no mode is known:
// default_mode.
[[nodiscard]] zip::Item item_of(const Member& member);
// 0644, folders 0755, symlinks 0777.
[[nodiscard]] std::uint32_t default_mode(zip::Kind kind);

// What a table is to hold. `text`: bytes of names, of paths that are not the name, of targets and versions.
struct TableSize {
    std::uint64_t lines = 0, entries = 0, text = 0;
};
// What this member adds to TableSize::text.
[[nodiscard]] std::uint64_t text_of(const Member& member);
// What the table of a part comes to of which the counts are known: `members` with an entry, `folders` lines
// without, `file_bytes` of contents, `image_size` of the archive, whether a symlink is in the set. Names and
// targets are no longer than what of the image is neither contents nor header; paths of folders without an
// entry stand nowhere, and count as twice the length of the names.
[[nodiscard]] TableSize table_size(std::uint64_t members, std::uint64_t folders, std::uint64_t file_bytes,
                                   std::uint64_t image_size, bool symlinks);
// Bytes of memory that a table of this size takes at most, where it was reserved before it was filled.
[[nodiscard]] std::uint64_t memory_of(const TableSize& size);

// Lines that records may make us reserve room for: theirs may lie, and what is beyond grows as it is read.
inline constexpr std::uint64_t kMostReserved = 2'000'000;

class MemberTable {
  public:
    // So that adding lines never moves what is there: a table that grows by itself takes up to three times
    // its size for a moment. Only a hint: records that lie may not make us reserve more than a part can hold.
    void reserve(const TableSize& size);
    // An entry where `member.zip_name` is not empty, else a line only.
    void add(const Member& member);

    [[nodiscard]] std::size_t lines() const { return rows_.size(); }
    [[nodiscard]] std::size_t entries() const { return line_of_entry_.size(); }
    [[nodiscard]] const zip::Layout& layout() const { return layout_; }
    [[nodiscard]] std::size_t line_of(std::size_t entry) const { return line_of_entry_[entry]; }
    [[nodiscard]] std::string_view path(std::size_t line) const;
    [[nodiscard]] std::string_view target(std::size_t line) const;
    [[nodiscard]] std::string_view version(std::size_t line) const;
    [[nodiscard]] zip::Kind kind(std::size_t line) const { return rows_[line].kind; }
    // The whole line again; crc32, digest, offset and proof are not kept here.
    [[nodiscard]] Member member(std::size_t line) const;

    [[nodiscard]] std::uint64_t file_bytes() const { return file_bytes_; }
    // Bytes of memory held.
    [[nodiscard]] std::size_t memory() const;

  private:
    static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
    struct Row {
        std::uint64_t text_at = 0;  // path (unless it is the name), target, version: one behind the other
        std::int64_t mtime_ns = 0;
        std::uint32_t path_size = 0, target_size = 0, version_size = 0;
        std::uint32_t mode = 0, uid = 0, gid = 0;
        std::uint32_t entry = kNone;
        std::uint32_t meta = kNone;  // index into metas_
        zip::Kind kind = zip::Kind::file;
        std::uint8_t known =
            0;  // bits: mtime 1, mode 2, uid 4, gid 8; 16: the path is the name in the archive
    };
    [[nodiscard]] std::string_view text(const Row& row, std::uint64_t behind, std::uint32_t size) const;

    zip::Layout layout_;
    std::vector<Row> rows_;
    std::vector<std::uint32_t> line_of_entry_;
    std::vector<std::map<std::string, std::string>> metas_;
    std::string texts_;
    std::uint64_t file_bytes_ = 0;
};

}  // namespace haul::format
