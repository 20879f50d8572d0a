// What a checkpoint knows of a part that was filled to its end: where a kill came between completing the
// upload and the manifest, its image need not be read to be known.
#pragma once

#include <cstdint>
#include <optional>

#include "base/result.h"
#include "engine/engine.h"
#include "flow/pack/part_unit.h"
#include "flow/pack/progress_log.h"
#include "flow/pack/upload_records.h"
#include "flow/pack/work.h"

namespace haul::pack {

struct FilledSums {
    FinishedMembers members;
    std::uint32_t crc32 = 0;        // of the image
    std::uint32_t revision = 0;     // of the list, and with meta_length
    std::uint64_t meta_length = 0;  // what counts of the log of metadata (meta_log.h)
};
// nullopt where the checkpoint is of another plan, or does not know every tile and every member.
[[nodiscard]] Result<std::optional<FilledSums>> sums_of_filled(Work& work, const engine::Context& context,
                                                               const PartList& list, const UploadPlan& plan);

}  // namespace haul::pack
