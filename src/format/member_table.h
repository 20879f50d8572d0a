// All members of one part in memory, compactly, with the part's layout: what filling, checking and unpacking
// a part work on.
//
// A line is a member of the list or manifest in its order; an entry is a line that stands in the archive.
// Lines of folders without a ZIP entry have none. Memory: about 150 bytes a line plus its path (a part has at
// most a million). Built by one thread; const calls may then come from any. Views that it hands out live as
// long as the table.
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

class MemberTable {
  public:
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
    struct Text {
        std::uint64_t at = 0;
        std::uint32_t size = 0;
    };
    struct Row {
        Text path, target, version;
        std::uint64_t size = 0;
        std::int64_t mtime_ns = 0;
        std::uint32_t mode = 0, uid = 0, gid = 0;
        std::uint32_t entry = kNone;
        std::uint32_t meta = kNone;  // index into metas_
        zip::Kind kind = zip::Kind::file;
        std::uint8_t known = 0;  // bits: mtime 1, mode 2, uid 4, gid 8
    };
    [[nodiscard]] Text keep(std::string_view text);
    [[nodiscard]] std::string_view view(const Text& text) const;

    zip::Layout layout_;
    std::vector<Row> rows_;
    std::vector<std::uint32_t> line_of_entry_;
    std::vector<std::map<std::string, std::string>> metas_;
    std::string texts_;
    std::uint64_t file_bytes_ = 0;
};

}  // namespace haul::format
