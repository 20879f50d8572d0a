// Cuts the stream of members into parts, greedily in listing order. One thread.
//
// A part closes before its image would pass the part size, at a million members, or at 64 MiB of central
// directory. A file whose own one-member image is larger than a part gets a part of its own, marked oversize.
#pragma once

#include <cstdint>
#include <vector>

#include "flow/pack/pack.h"
#include "format/member_table.h"
#include "format/part_list.h"

namespace haul::pack {

class Cutter {
  public:
    explicit Cutter(std::uint64_t part_size) : part_size_(part_size) {}
    // Whether the open part must be closed before this member goes in.
    [[nodiscard]] bool closes_before(const format::Member& member) const;
    void add(const format::Member& member);
    [[nodiscard]] bool empty() const { return table_.lines() == 0; }
    [[nodiscard]] bool oversize() const { return oversize_; }
    [[nodiscard]] const format::MemberTable& table() const { return table_; }
    // Begins the next part.
    void reset();

  private:
    std::uint64_t part_size_;
    format::MemberTable table_;
    bool oversize_ = false;
};

}  // namespace haul::pack
