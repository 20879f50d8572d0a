// Takes from this process what a decoder does not need, for good: files, network, other processes, memory.
//
// Afterwards it computes, reads descriptors that it has or is sent over a socket, and answers. Opening a
// file, asking for a socket or anything else that is not listed in sandbox.cc fails with EPERM; starting a
// program or process ends it. docs/decisions/0020 says why so. Holds for all threads; call it from the only
// one.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace haul::speech {

// What the process may take beside what it has when it is confined.
inline constexpr std::uint64_t kDecoderMemory = 256U << 20U;

struct NotConfined {
    std::string_view step;
    int os_error;
};
// nullopt: done.
[[nodiscard]] std::optional<NotConfined> confine();

}  // namespace haul::speech
