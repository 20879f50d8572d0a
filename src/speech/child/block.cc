#include "speech/child/block.h"

#include <utility>

#include <fmt/format.h>

#include "speech/audio/log_mel.h"
#include "speech/child/pooled.h"

namespace haul::speech {

Result<VoiceBlock> VoiceBlock::load(const Model& model) {
    VoiceBlock block(TRY(Graph::load(model.path)));
    const bool one = block.graph_.inputs().size() == 1 && block.graph_.outputs().size() == 1;
    const std::size_t takes = one ? block.graph_.input(block.graph_.inputs()[0]).size() : 0;
    const std::size_t gives = one ? block.graph_.output(block.graph_.outputs()[0]).size() : 0;
    if (takes == kFrames * LogMel::kBands && gives == kChannels) return block;
    return failure(
        make_error(Code::corrupt, "use the model for children", model.path,
                   fmt::format("it does not make {} numbers of {} x {}", kChannels, LogMel::kBands, kFrames))
            .with_remedy("make it again with `haul models build child`"));
}

Result<std::span<const float>> VoiceBlock::deviations(std::span<const float> bands) {
    put_by_rows(bands, graph_.input(graph_.inputs()[0]));
    TRY(graph_.run());
    return graph_.output(graph_.outputs()[0]);
}

}  // namespace haul::speech
