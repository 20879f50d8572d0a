// Reads ZIP archives of anybody, by ranges: tail, central directory, then members.
//
// Knows no store: bytes come through Source. Stored and deflate; refuses encrypted, multi-disk and unknown
// methods with a clear message (Code::unsupported), and archives that lie (Code::corrupt): overlapping
// entries, data beyond the directory, local headers that contradict the central ones, duplicate names, names
// that leave the destination. One object per thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "zip/layout.h"

namespace haul::zip {

// Random access to the archive's bytes.
class Source {
  public:
    virtual ~Source() = default;
    [[nodiscard]] virtual std::uint64_t size() const = 0;
    [[nodiscard]] virtual Status read(std::uint64_t offset, std::span<std::byte> into) = 0;
    [[nodiscard]] virtual std::string name() const = 0;  // for errors
};

enum class Method : std::uint16_t { stored = 0, deflate = 8 };

struct Entry {
    std::string name;      // UTF-8; CP437 names are converted, `./` is taken off; folders end in `/`
    std::string raw_name;  // the bytes in the headers; empty where they are the name's
    Kind kind = Kind::file;
    Method method = Method::stored;
    std::uint64_t size = 0, compressed_size = 0;
    std::uint64_t header_offset = 0;
    std::uint64_t limit = 0;  // where the next entry or the directory begins; 0: not known
    std::uint32_t crc32 = 0;
    std::int64_t mtime_s = 0;           // 0x5455 or NTFS time where there, else DOS time taken as UTC
    std::optional<std::uint32_t> mode;  // permission bits where the archive was made on Unix
    bool special = false;               // a FIFO, socket or device by its Unix type; `kind` is file
};

struct Limits {
    std::uint64_t max_ratio = 200;  // unpacked : archive size, once unpacked is above the next
    std::uint64_t ratio_floor = 1ULL << 30U;
    std::uint64_t max_directory = 256ULL << 20U;
};

// The central directory, checked: entries in the order of their offsets.
[[nodiscard]] Result<std::vector<Entry>> read_directory(Source& source, const Limits& limits);

// Bytes of memory that its entries take, and reading them, at most: from the end records alone.
[[nodiscard]] Result<std::uint64_t> directory_memory(Source& source);

// Where an entry's data begins: reads its local header and compares it with the central one.
[[nodiscard]] Result<std::uint64_t> locate_data(Source& source, const Entry& entry);
// The same from bytes in memory: `bytes` begins at header_offset. Returns the header's size; Code::not_found
// where `bytes` is too short (then `needed` says how many).
[[nodiscard]] Result<std::uint64_t> check_local_header(const Entry& entry, std::span<const std::byte> bytes,
                                                       std::string_view archive, std::uint64_t& needed);

// Streams an entry's contents: feed stored bytes in order, contents come out; checks size and CRC-32 at
// end().
class Extractor {
  public:
    Extractor(const Entry& entry, std::string_view archive);
    ~Extractor();
    Extractor(Extractor&&) noexcept;
    Extractor& operator=(Extractor&&) noexcept;
    using Sink = std::function<Status(std::span<const std::byte>)>;
    [[nodiscard]] Status write(std::span<const std::byte> stored, const Sink& sink);
    [[nodiscard]] Status end(const Sink& sink);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace haul::zip
