// Where each byte of a part will lie: a pure function of its member list.
//
// Members are stored, so sizes are known before a byte is read: every local header, every data range and the
// central directory have their place at once. The image is: for each member its local header, then its data;
// then the central directory, the ZIP64 records where needed, the end record. Contents only fill in CRC-32
// values. Rules and their sources: docs/format-zip.md (APPNOTE 6.3.10; Info-ZIP's extra field 0x5455). All
// sizes and offsets are in bytes. A Layout is built by one thread; const calls may then be made from any
// number of threads. Memory: about 40 bytes a member plus its name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/result.h"

namespace haul::zip {

enum class Kind : std::uint8_t { file, folder, symlink };

// One member as the archive sees it. `name` as it stands in the archive, as archive_name() makes it: UTF-8,
// at most 65,535 bytes, folders end in `/`.
struct Item {
    std::string_view name;
    Kind kind = Kind::file;
    std::uint64_t size = 0;     // stored bytes: contents, or the symlink's target; folders 0
    std::int64_t mtime_ns = 0;  // since 1970 UTC
    std::uint32_t mode = 0;     // permission bits, 07777
};

struct Place;

// What a layout comes to, without keeping its members: for the greedy cut.
class Outline {
  public:
    // Size of the image, and of its central directory, if `item` were added.
    [[nodiscard]] std::uint64_t image_size_with(const Item& item) const;
    [[nodiscard]] std::uint64_t directory_size_with(const Item& item) const;
    void add(const Item& item);

    [[nodiscard]] std::uint64_t count() const { return count_; }
    [[nodiscard]] std::uint64_t directory_offset() const { return data_end_; }
    [[nodiscard]] std::uint64_t directory_size() const { return directory_size_; }
    [[nodiscard]] std::uint64_t image_size() const;

  private:
    friend class Layout;
    std::uint64_t count_ = 0, data_end_ = 0, directory_size_ = 0;
    bool wide_ = false;  // of the next member: Place::wide in records.h
};

// XXH3-128 over all items, "xxh128:…": two layouts with the same hash have the same image for the same
// contents.
class LayoutHasher {
  public:
    LayoutHasher();
    void add(const Item& item);
    // The hash; nothing may be added after it.
    [[nodiscard]] std::string finish();

  private:
    digest::Hasher hasher_;
    std::string pending_;
};

class Layout {
  public:
    void add(const Item& item);
    // Room for as many members and bytes of their names, so that adding them never moves what is there.
    void reserve(std::size_t members, std::size_t names);

    [[nodiscard]] std::size_t count() const { return rows_.size(); }
    [[nodiscard]] Item item(std::size_t index) const;
    [[nodiscard]] std::uint64_t header_offset(std::size_t index) const;
    [[nodiscard]] std::uint64_t header_size(std::size_t index) const;
    [[nodiscard]] std::uint64_t data_offset(std::size_t index) const;
    [[nodiscard]] std::uint64_t data_end(std::size_t index) const;
    // First member whose header or data reaches beyond `offset`; count() where the directory begins before
    // it.
    [[nodiscard]] std::size_t member_at(std::uint64_t offset) const;

    [[nodiscard]] std::uint64_t directory_offset() const { return outline_.directory_offset(); }
    [[nodiscard]] std::uint64_t directory_size() const { return outline_.directory_size(); }
    [[nodiscard]] std::uint64_t image_size() const { return outline_.image_size(); }

    // As LayoutHasher.
    [[nodiscard]] std::string hash() const;

    // Writes the local header; `into` has header_size(index) bytes.
    void write_header(std::size_t index, std::uint32_t crc32, std::span<std::byte> into) const;
    [[nodiscard]] std::size_t memory() const;

  private:
    friend class Tail;
    struct Row {
        std::uint64_t header_offset;
        std::uint64_t size;
        std::int64_t mtime_ns;
        std::uint64_t name_offset;
        std::uint32_t mode;
        std::uint16_t name_size;
        Kind kind;
        bool wide;
    };
    [[nodiscard]] Place place(std::size_t index) const;
    std::vector<Row> rows_;
    std::string names_;
    Outline outline_;
};

// The bytes behind the last member, in order: central directory, ZIP64 records, end record.
class Tail {
  public:
    // `crcs[i]` belongs to member i; both outlive the Tail.
    Tail(const Layout& layout, std::span<const std::uint32_t> crcs);
    // The next bytes, exactly into.size() of them; not beyond the image's end.
    void fill(std::span<std::byte> into);
    // Skips ahead: the next fill() begins `offset` bytes behind directory_offset(). Only forward.
    void skip_to(std::uint64_t offset);

  private:
    void next_chunk();
    const Layout* layout_;
    std::span<const std::uint32_t> crcs_;
    std::size_t next_ = 0;
    std::string chunk_;
    std::size_t used_ = 0;
    std::uint64_t position_ = 0;
};

}  // namespace haul::zip
