// What parent and decoder child say to each other: packets over a Unix socket (SOCK_SEQPACKET), each a kind
// and one of the structs below, in the machine's own byte order, as both are one executable.
//
//   child    ready | not_ready
//   parent   decode, with the file's descriptor (SCM_RIGHTS)
//   child    began (once, before any samples), samples…, reading… in between, ended
//   parent   decode …
//
// A child whose parent reads slowly waits in its send: samples are never queued beyond the socket's buffer.
// The parent believes none of it: receive() checks kind and length, the checks of decoder.cc the rest.
// A socket belongs to one thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/result.h"

namespace haul::speech::wire {

// The child's end of the socket.
inline constexpr int kChildSocket = 3;
// In one packet: a second of audio.
inline constexpr std::size_t kMostSamples = 16000;
// Bytes of the file after which the child says how far it is.
inline constexpr std::uint64_t kReadingStep = 1U << 20U;

enum class Kind : std::uint32_t { ready = 1, not_ready, decode, began, samples, reading, ended };

template <std::size_t N>
using Text = std::array<char, N>;  // ends with its first NUL

struct NotReady {
    std::int32_t os_error = 0;
    Text<60> step{};  // what did not work
};

struct Decode {
    std::uint64_t file_bytes = 0;
    std::uint64_t most_samples = 0;  // of output; then it ends with Ending::too_long
};

struct Began {
    double claimed_seconds = -1;  // by the container; below 0: it claims none
    std::uint32_t rate = 0;       // of the source, Hz
    std::uint32_t channels = 0;
    Text<64> decoder{};  // "vorbis in ogg"
};

struct Reading {
    std::uint64_t furthest = 0;  // bytes of the file
};

enum class Ending : std::uint32_t {
    whole,
    // What was decoded up to here is of use:
    truncated,
    damaged,
    too_long,
    no_memory,
    // Nothing was decoded:
    not_media,
    no_audio,
    encrypted,
    unknown_codec,
    broken,
    last = broken,
};

struct Ended {
    std::uint64_t source_values = 0;  // samples of all channels of the source
    std::uint64_t clipped = 0;        // of these: at full scale
    double damaged_at = -1;           // seconds of audio before the first damage; below 0: none
    Ending ending = Ending::whole;
    std::uint32_t lost_packets = 0;  // that could not be decoded
    Text<200> detail{};              // libav's words, or a format's name
};

// A packet as it was received. Large: keep one and fill it again.
struct Packet {
    Kind kind = Kind::ready;
    std::size_t bytes = 0;
    alignas(16) std::array<std::byte, kMostSamples * sizeof(float)> body{};
    file::Fd file;  // of Kind::decode

    // Only after receive() found the length right for the kind.
    template <class Struct>
    [[nodiscard]] Struct as() const {
        Struct value;
        __builtin_memcpy(&value, body.data(), sizeof value);
        return value;
    }
    [[nodiscard]] std::span<const float> samples() const {
        return {reinterpret_cast<const float*>(body.data()), bytes / sizeof(float)};
    }
};

// Waits until the packet is sent. `file`: a descriptor that goes along, or -1. Safe between fork and exec.
// Returns 0 or errno; SIGPIPE is not raised.
[[nodiscard]] int send(int socket, Kind kind, std::span<const std::byte> body, int file = -1);
template <class Struct>
[[nodiscard]] int send(int socket, Kind kind, const Struct& value, int file = -1) {
    return send(socket, kind, std::as_bytes(std::span(&value, 1)), file);
}

enum class Received : std::uint8_t { packet, closed, nonsense };
// Waits for a packet. nonsense: none that this protocol knows, or with a length that is not its kind's.
[[nodiscard]] Received receive(int socket, Packet& into);

template <std::size_t N>
void put(Text<N>& into, std::string_view text) {
    const std::size_t length = text.size() < N ? text.size() : N - 1;
    text.copy(into.data(), length);
    into[length] = '\0';
}
// Printable, whatever is in it.
[[nodiscard]] std::string text_of(std::span<const char> text);

}  // namespace haul::speech::wire
