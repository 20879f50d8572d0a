// A member list in the making: members stream in, compressed bytes and sums are kept.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "flow/pack/cutter.h"
#include "flow/pack/part_unit.h"
#include "flow/pack/work.h"
#include "format/member.h"
#include "format/part_list.h"

namespace haul::pack {

// Revision `revision` of the list of `part`. Memory: the compressed list, which names of no pattern may make
// as large as the central directory (64 MiB). One thread.
class ListDraft {
  public:
    ListDraft(std::uint32_t part, std::uint32_t revision) : part_(part), revision_(revision) {}
    [[nodiscard]] Status add(const format::Member& member);
    [[nodiscard]] const PartSums& sums() const { return sums_; }
    [[nodiscard]] const std::string& first_entry() const { return first_entry_; }  // path
    // Writes it to the destination, create-only. `end` carries cursor, notes and marks; its hash and counts
    // are filled here. The draft is over then, also after an error.
    [[nodiscard]] Result<PartUnit> write(Work& work, format::PartListEnd& end);

  private:
    [[nodiscard]] Status begin();
    std::uint32_t part_, revision_;
    PartSums sums_;
    zip::LayoutHasher hasher_;
    format::PartListWriter writer_;
    std::string bytes_, first_entry_;
};

}  // namespace haul::pack
