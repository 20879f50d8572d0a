// Zstandard streams with content checksum; memory is bounded on both sides. One object per thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace haul::zstd {

// Deterministic for one libzstd: same input and level, same bytes. Single-threaded.
class Compressor {
  public:
    explicit Compressor(int level = 3);
    ~Compressor();
    Compressor(Compressor&&) noexcept;
    Compressor& operator=(Compressor&&) noexcept;
    // Appends what is ready to `out`.
    [[nodiscard]] Status write(std::string_view bytes, std::string& out);
    // Makes everything written so far decodable (ends a block).
    [[nodiscard]] Status flush(std::string& out);
    [[nodiscard]] Status end(std::string& out);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

// Refuses: damaged frames, a bad checksum, truncated input (at end()), windows above 128 MiB. Code::corrupt.
class Decompressor {
  public:
    explicit Decompressor(std::string subject);
    ~Decompressor();
    Decompressor(Decompressor&&) noexcept;
    Decompressor& operator=(Decompressor&&) noexcept;
    // Appends all that `compressed` holds: small input can be very much text. Where the input is not ours,
    // use write_some.
    [[nodiscard]] Status write(std::string_view compressed, std::string& out);
    // Appends at most `most` bytes (above 0) and returns how many of `compressed` were used. Call again with
    // the rest until all are used and fewer than `most` came out.
    [[nodiscard]] Result<std::size_t> write_some(std::string_view compressed, std::string& out,
                                                 std::size_t most);
    [[nodiscard]] Status end();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

// Whole small buffers. Decoded text above `limit` bytes is Code::corrupt.
[[nodiscard]] Result<std::string> compress(std::string_view bytes, int level = 3);
[[nodiscard]] Result<std::string> decompress(std::string_view compressed, std::uint64_t limit,
                                             std::string_view subject);

}  // namespace haul::zstd
