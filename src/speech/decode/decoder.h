// Audio and video files as 16 kHz mono samples, decoded by libav in a child process that can reach nothing:
// no file, no network, no other process (docs/decisions/0020). A hostile file costs that child, never us.
//
// One child serves file after file, and is replaced when it dies. A Decoder belongs to the thread that made
// it: its child dies with that thread, and is ended and reaped by the destructor.
//
// Whoever uses it calls run_decoder_child() (child.h) first thing in main() where argv[1] is `decode-child`.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"

namespace haul::speech {

struct DecodeOptions {
    // How the child is started: argv, not looked up in PATH.
    std::vector<std::string> program = {"/proc/self/exe", "decode-child"};
    // Of audio that comes out of one file.
    std::chrono::seconds longest = std::chrono::hours(12);
    // A file is given up where for so long neither a second of audio came nor a MiB of it was read. Time that
    // `take` needs does not count.
    std::chrono::nanoseconds patience = std::chrono::seconds(30);
    // Processor time for any file; beside it, 1 s for 4 MiB of the file and 1 s for 20 s of audio.
    std::chrono::seconds processor_time = std::chrono::seconds(10);
};

struct Decoded {
    std::string decoder;            // "vorbis in ogg"
    std::uint64_t samples = 0;      // at 16 kHz, all that `take` was given
    std::uint32_t source_rate = 0;  // Hz
    std::uint32_t source_channels = 0;
    std::optional<double> claimed_seconds;  // by the container; may be anything
    double clipped = 0;                     // share of the source's values that are at full scale, 0 to 1
    // Why it ended before the file's own end, or what of it was lost; what was decoded is of use.
    // Code::corrupt: truncated or damaged, the detail says at which second. Code::timed_out: processor time,
    // or no progress. Code::unsupported: longer than `longest`, or it takes more memory than it may.
    std::optional<Error> cut;
};

class Decoder {
  public:
    // Starts the first child. Code::unsupported: the kernel cannot confine it.
    [[nodiscard]] static Result<Decoder> create(DecodeOptions options);
    Decoder(Decoder&&) noexcept;
    Decoder& operator=(Decoder&&) noexcept;
    ~Decoder();

    // `take` gets samples in [-1, 1], in order, at most a second of them at once, valid for the call alone;
    // its error ends decoding and is handed on. A file whose child dies is tried once more in a new one;
    // `take` gets nothing twice. Only regular files are read, through symlinks, too. Code::unsupported: no
    // audio is in it, in no known format, or it is encrypted. Code::corrupt: empty, or so damaged that
    // nothing could be decoded, or it ends every decoder. Code::interrupted: `stop`.
    [[nodiscard]] Result<Decoded> decode(const std::string& path,
                                         const std::function<Status(std::span<const float>)>& take,
                                         const std::stop_token& stop);

  private:
    struct State;
    explicit Decoder(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace haul::speech
