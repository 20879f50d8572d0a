// CRC and digest of a part's finished members, in the job's folder beside its ledger:
// `parts/part-NNNNN.rR.done`.
//
// The ledger's checkpoint holds only how many bytes of it count. Frames: first entry u64, count u64, CRC-32
// of what follows u32, then for each entry its CRC-32 u32 and its raw digest; little-endian. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/result.h"

namespace haul::pack {

struct FinishedMembers {
    std::vector<std::uint32_t> crcs;  // of entries 0, 1, 2, …
    std::string digests;              // raw, `width` bytes each
};

class ProgressLog {
  public:
    // `folder`: the job's; `width`: bytes of a raw digest.
    ProgressLog(std::string folder, std::uint32_t part, std::size_t width);
    // Appends entries [from, to) of `all` to the log of `revision` and makes them durable; a new revision
    // begins a new file with all entries before `to`. Returns the length that now counts.
    [[nodiscard]] Result<std::uint64_t> append(std::uint32_t revision, const FinishedMembers& all,
                                               std::size_t to);
    // What the first `length` bytes of the log of `revision` hold; appending goes on there. Code::corrupt
    // where they do not fit.
    [[nodiscard]] Result<FinishedMembers> load(std::uint32_t revision, std::uint64_t length);
    // The part is published: the files go.
    void remove();

  private:
    [[nodiscard]] std::string path(std::uint32_t revision) const;
    [[nodiscard]] Status open(std::uint32_t revision, bool fresh);
    std::string folder_;
    std::uint32_t part_;
    std::size_t width_;
    std::uint32_t revision_ = 0;  // of the open file; 0: none
    file::Fd fd_;
    std::uint64_t length_ = 0;
    std::size_t written_ = 0;  // entries in it
};

}  // namespace haul::pack
