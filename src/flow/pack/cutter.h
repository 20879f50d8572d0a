// Cuts the stream of members into parts, greedily in listing order.
//
// A part closes before its image would pass the part size, at a million lines, at 64 MiB of central
// directory, or at 72 MiB of names, paths, targets and versions: what filling it takes then fits the default
// --memory. A file whose own one-member image is larger than a part gets a part of its own, marked oversize.
// What is kept of the open part are sums: the members themselves stream into its list (list_draft.h). One
// thread.
#pragma once

#include <cstdint>
#include <string>

#include "format/member.h"
#include "zip/layout.h"

namespace haul::pack {

// What the members of one part come to.
class PartSums {
  public:
    void add(const format::Member& member);
    [[nodiscard]] bool empty() const { return members() + folders_ == 0; }
    [[nodiscard]] const zip::Outline& outline() const { return outline_; }
    [[nodiscard]] std::uint64_t members() const { return outline_.count(); }  // lines with an entry
    [[nodiscard]] std::uint64_t folders() const { return folders_; }          // lines without
    [[nodiscard]] std::uint64_t file_bytes() const { return file_bytes_; }
    [[nodiscard]] std::uint64_t text() const { return text_; }  // format::TableSize::text

  private:
    zip::Outline outline_;
    std::uint64_t folders_ = 0, file_bytes_ = 0, text_ = 0;
};

// Of one part.
inline constexpr std::uint64_t kMostLines = 1'000'000;
inline constexpr std::uint64_t kMostText = 72ULL << 20U;

// Whether the open part must be closed before `next` goes in.
[[nodiscard]] bool closes_before(const PartSums& open, const format::Member& next, std::uint64_t part_size);
// A single member above the part size: nothing else goes in with it.
[[nodiscard]] bool is_oversize(const PartSums& open, std::uint64_t part_size);

}  // namespace haul::pack
