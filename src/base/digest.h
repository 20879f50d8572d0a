// Checksums and digests, streaming and at once. Values only, no shared state; one object per thread.
//
// CRC-32 is the one of ZIP, gzip and S3 (reflected 0xEDB88320), computed by ISA-L at memory speed. XXH3-128
// is written as its canonical (big-endian) 32 hex digits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace haul::digest {

// Continues from `crc` (0 to begin).
[[nodiscard]] std::uint32_t crc32(std::uint32_t crc, std::span<const std::byte> bytes);
// The CRC of A followed by B, from crc(A), crc(B) and the length of B in bytes.
[[nodiscard]] std::uint32_t crc32_combine(std::uint32_t crc_a, std::uint32_t crc_b, std::uint64_t length_b);

enum class Algorithm : std::uint8_t { none, xxh128, sha256, md5 };
[[nodiscard]] std::string_view name_of(Algorithm algorithm);
[[nodiscard]] std::optional<Algorithm> algorithm_named(std::string_view name);

// A running digest.
class Hasher {
  public:
    explicit Hasher(Algorithm algorithm);
    ~Hasher();
    Hasher(Hasher&&) noexcept;
    Hasher& operator=(Hasher&&) noexcept;
    void update(std::span<const std::byte> bytes);
    // Raw bytes of the digest: 16 (xxh128, md5), 32 (sha256), 0 (none). The object may then only be reset.
    [[nodiscard]] std::string finish();
    void reset();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

// The digest of all the bytes, raw. For many small inputs.
[[nodiscard]] std::string of(Algorithm algorithm, std::span<const std::byte> bytes);
// "xxh128:…" in lower-case hex, as it stands in manifests; empty for none.
[[nodiscard]] std::string text(Algorithm algorithm, std::string_view raw);
struct Parsed {
    Algorithm algorithm;
    std::string raw;
};
[[nodiscard]] std::optional<Parsed> parse(std::string_view text);

// XXH3-128 as a number, for tables of many hashes: 16 bytes each, and no allocation. Never stored.
using Hash128 = unsigned __int128;
[[nodiscard]] Hash128 hash_of(std::string_view bytes);
struct HashOfHash {
    std::size_t operator()(Hash128 hash) const { return static_cast<std::size_t>(hash); }
};

[[nodiscard]] std::string sha256_hex(std::string_view bytes);

}  // namespace haul::digest
