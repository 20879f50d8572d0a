#include "flow/pack/filled_sums.h"

#include <algorithm>
#include <utility>

#include "base/digest.h"
#include "flow/pack/checkpoint.h"
#include "flow/set/image_check.h"

namespace haul::pack {

Result<std::optional<FilledSums>> sums_of_filled(Work& work, const engine::Context& context,
                                                 const PartList& list, const UploadPlan& plan) {
    std::optional<FilledSums> none;
    if (context.lease.checkpoint.empty()) return none;
    const FillCheckpoint saved = TRY(parse_checkpoint(context.lease.checkpoint));
    if (saved.revision != plan.revision || saved.tile_size != plan.tile_size) return none;
    FilledSums sums;
    sums.revision = saved.revision;
    sums.meta_length = saved.meta_length;
    std::uint64_t begin = 0;
    for (const SentTile& tile : saved.sent) {  // in their order, none twice
        if (begin >= plan.image_size || tile.index != begin / plan.tile_size) return none;
        const std::uint64_t size = std::min(plan.tile_size, plan.image_size - begin);
        sums.crc32 = digest::crc32_combine(sums.crc32, tile.crc32, size);
        begin += size;
    }
    if (begin != plan.image_size) return none;
    const auto algorithm = digest::algorithm_named(work.request.options.digest);
    ProgressLog log(work.job.folder(), plan.part,
                    set::digest_width(algorithm.value_or(digest::Algorithm::xxh128)));
    auto members = log.load(plan.revision, saved.log_length);
    if (!members || members->crcs.size() != list.table.entries()) return none;
    sums.members = std::move(*members);
    return std::optional(std::move(sums));
}

}  // namespace haul::pack
