// One file in the decoder child, from its first byte to wire::Ended. Belongs to one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "speech/decode/audio_stream.h"
#include "speech/decode/mono.h"
#include "speech/decode/resampler.h"
#include "speech/decode/source_file.h"
#include "speech/decode/wire.h"

namespace haul::speech {

class Session {
  public:
    Session(const SourceFile& file, std::uint64_t most_samples, int socket);
    // False: nobody listens any more.
    [[nodiscard]] bool run();

  private:
    // Each of these: nullopt, go on.
    std::optional<wire::Ending> decode(AudioStream& stream);
    std::optional<wire::Ending> take(const AudioStream& stream);
    std::optional<wire::Ending> change_rate(std::uint32_t rate);
    std::optional<wire::Ending> drain();
    std::optional<wire::Ending> append(std::span<const float> samples);
    [[nodiscard]] bool announce(const AudioStream& stream);
    void note_damage(const AudioStream& stream);
    // What a file whose end was reached came to.
    [[nodiscard]] wire::Ending judge(const AudioStream& stream) const;
    [[nodiscard]] std::optional<double> claimed(const AudioStream& stream) const;
    bool send_block();
    bool end(wire::Ending ending, std::string_view detail);

    const SourceFile& file_;
    std::uint64_t most_samples_;
    int socket_;
    bool endless_;  // its head says no length
    Resampler resampler_;
    Levels levels_;
    std::vector<float> mono_, block_;
    std::uint64_t samples_ = 0;
    double source_seconds_ = 0;
    double damaged_at_ = -1;
    std::uint32_t lost_packets_ = 0;
    bool listening_ = true;
};

}  // namespace haul::speech
