// Content-Type and user metadata of a part's members, as they came with the first read of each: in the job's
// folder beside the progress log, `parts/part-NNNNN.rR.meta`, since nobody knows how much they are.
//
// Frames: entry u64, length u32, CRC-32 of what follows u32, then a JSON object of texts; little-endian,
// entries ascending. The file is made when there is something to keep. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/file.h"
#include "base/result.h"
#include "store/store.h"

namespace haul::pack {

using Meta = std::map<std::string, std::string>;
// As manifest lines have it: user metadata, and "content-type".
[[nodiscard]] Meta meta_of(const store::Attributes& attributes);
// The same as a JSON object, small while many wait; empty: there is nothing to keep.
[[nodiscard]] std::string meta_text(const store::Attributes& attributes);

class MetaLog {
  public:
    MetaLog(std::string folder, std::uint32_t part);
    // Kept in memory until the entry is finished. What was kept already stays.
    void note(std::size_t entry, std::string text);
    // Bytes that are noted and not written.
    [[nodiscard]] std::uint64_t waiting() const { return waiting_; }
    // Entries from this one on are others now.
    void forget_from(std::size_t entry);
    // Writes what is noted of entries before `to` durably; a new revision begins with what the old one had of
    // them. Returns the length that counts.
    [[nodiscard]] Result<std::uint64_t> append(std::uint32_t revision, std::size_t to);
    // The first `length` bytes of the log of `revision` count. Code::corrupt where they are not whole.
    [[nodiscard]] Status load(std::uint32_t revision, std::uint64_t length);
    // The part is published: the files go.
    void remove();

    // Reads what append() wrote, in order of entries.
    class Reader {
      public:
        explicit Reader(const MetaLog& log) : log_(log) {}
        // Of this entry; empty: none. Entries are asked for in ascending order.
        [[nodiscard]] Result<Meta> of(std::size_t entry);

      private:
        const MetaLog& log_;
        std::uint64_t at_ = 0;
        std::optional<std::size_t> ahead_entry_;
        Meta ahead_;
    };

  private:
    struct Frame {
        std::size_t entry = 0;
        std::string text;
        std::uint64_t end = 0;  // where the next one begins
    };
    [[nodiscard]] Result<Frame> frame_at(std::uint64_t at) const;
    [[nodiscard]] std::string path(std::uint32_t revision) const;
    [[nodiscard]] Status open(std::uint32_t revision, bool fresh);
    [[nodiscard]] Status begin_revision(std::uint32_t revision, std::size_t to);
    [[nodiscard]] Status write(const std::string& frames);

    std::string folder_;
    std::uint32_t part_;
    std::uint32_t revision_ = 0;
    file::Fd fd_;
    std::uint64_t length_ = 0;
    std::size_t kept_ = 0;  // entries before this one are in the file, where they have any
    std::map<std::size_t, std::string> noted_;
    std::uint64_t waiting_ = 0;
};

}  // namespace haul::pack
