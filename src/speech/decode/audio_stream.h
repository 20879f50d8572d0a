// The best audio stream of one file, frame by frame, as libav decodes it. Belongs to one thread.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>

#include "speech/decode/source_file.h"
#include "speech/decode/wire.h"

struct AVCodecContext;
struct AVFormatContext;
struct AVFrame;
struct AVPacket;

namespace haul::speech {

// Why there is nothing to decode.
struct Refusal {
    wire::Ending ending;
    std::string detail;
};

class AudioStream {
  public:
    // Once a process, before the first: what libav says is not printed, but looked at.
    static void prepare_library();

    // `file` must outlive the stream.
    [[nodiscard]] static std::expected<AudioStream, Refusal> open(const SourceFile& file);

    enum class Next : std::uint8_t { frame, end, no_memory, encrypted };
    [[nodiscard]] Next next();
    // After Next::frame, until the next call.
    [[nodiscard]] const ::AVFrame& frame() const { return *frame_; }

    // "vorbis in ogg"
    [[nodiscard]] std::string decoder() const;
    // At or beyond it (of 1), a decoded value cannot be louder in the stream's codec.
    [[nodiscard]] float full_scale() const;
    // What the container's head says of the stream's length; nullopt: nothing.
    [[nodiscard]] std::optional<double> claimed_seconds() const { return claimed_seconds_; }
    // Packets that could not be decoded so far.
    [[nodiscard]] std::uint32_t lost_packets() const { return lost_packets_; }
    // The first thing that was wrong so far, in words; empty: nothing.
    [[nodiscard]] const std::string& damage() const { return damage_; }

  private:
    struct FreeFormat {
        void operator()(::AVFormatContext* context) const;
    };
    struct FreeCodec {
        void operator()(::AVCodecContext* context) const;
    };
    struct FreePacket {
        void operator()(::AVPacket* packet) const;
    };
    struct FreeFrame {
        void operator()(::AVFrame* frame) const;
    };

    AudioStream() = default;
    std::optional<Refusal> open_container(const SourceFile& file);
    std::optional<Refusal> choose_stream();
    std::optional<Refusal> open_codec();
    [[nodiscard]] int best_stream() const;
    [[nodiscard]] bool is_encrypted() const;
    void note_claim();
    void discard_others();
    // Gives the decoder the stream's next packet, or says to it that there is none.
    Next feed();
    void note(int error);

    std::unique_ptr<::AVFormatContext, FreeFormat> format_;
    std::unique_ptr<::AVCodecContext, FreeCodec> codec_;
    std::unique_ptr<::AVPacket, FreePacket> packet_;
    std::unique_ptr<::AVFrame, FreeFrame> frame_;
    std::optional<double> claimed_seconds_;
    std::string damage_;
    std::uint32_t lost_packets_ = 0;
    unsigned discarded_ = 0;  // streams that were looked at
    int index_ = -1;
    bool drained_ = false;
};

}  // namespace haul::speech
