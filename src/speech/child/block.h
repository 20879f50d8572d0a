// What the first block of Whisper's encoder says of a window of speech: the network of `haul models build
// child` (models/build/whisper_block_child.py), and the head that reads it.
//
// block_head.cc is written by bench/speech_train; docs/models/whisper-block-child.md says what it rests on.
// Not thread-safe: one object a thread.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "base/result.h"
#include "speech/child/head.h"
#include "speech/inference/graph.h"
#include "speech/models/models.h"

namespace haul::speech {

class VoiceBlock {
  public:
    static constexpr std::size_t kFrames = 300, kChannels = 512;
    // Code::corrupt: it is not of that form.
    [[nodiscard]] static Result<VoiceBlock> load(const Model& model);

    // Of 300 frames x 80 (LogMel::bands): of each channel the logarithm of its deviation over time. Valid
    // until the next call.
    [[nodiscard]] Result<std::span<const float>> deviations(std::span<const float> bands);

  private:
    explicit VoiceBlock(Graph graph) : graph_(std::move(graph)) {}
    Graph graph_;
};

// Asked beside the log-mel head about whole windows of 3 s with their upper bands.
struct BlockHead {
    std::string_view graph;  // SHA-256 of the network that it was trained with: it can read no other
    float share;             // of its log odds; the rest is the log-mel head's
    LinearHead<VoiceBlock::kChannels> head;  // its `sure` is of both together, and so is its hash
};

extern const BlockHead kBlockHead;

}  // namespace haul::speech
