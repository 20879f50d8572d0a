// A tile under way: one contiguous stretch of a part's image, and the reads that fill it.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "format/member_table.h"
#include "store/store.h"

namespace haul::pack {

// A fixed number of buffers of one size, lent and given back: what bounds a part's memory. Thread-safe.
class BufferPool {
  public:
    BufferPool(std::size_t buffers, std::size_t size);
    // Waits for one; null when stopped.
    [[nodiscard]] std::byte* take(const std::stop_token& stop);
    void give_back(std::byte* buffer);
    [[nodiscard]] std::size_t size() const { return size_; }

  private:
    std::size_t size_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::vector<std::unique_ptr<std::byte[]>> owned_;
    std::vector<std::byte*> free_;
};

// A buffer of the pool, given back when it goes.
class Buffer {
  public:
    Buffer() = default;
    Buffer(BufferPool& pool, std::byte* bytes) : pool_(&pool), bytes_(bytes) {}
    ~Buffer() { reset(); }
    Buffer(Buffer&& other) noexcept : pool_(other.pool_), bytes_(other.bytes_) { other.bytes_ = nullptr; }
    Buffer& operator=(Buffer&& other) noexcept;
    Buffer(const Buffer&) = delete;
    Buffer& operator=(const Buffer&) = delete;
    void reset();
    [[nodiscard]] std::byte* get() const { return bytes_; }

  private:
    BufferPool* pool_ = nullptr;
    std::byte* bytes_ = nullptr;
};

// A stretch of a source file that belongs into a tile.
struct TileRead {
    std::size_t entry = 0;
    std::span<std::byte> into;  // empty: the file is, and was opened all the same
};
struct FailedRead {
    std::size_t entry = 0;
    Error error;
};

struct Tile {
    std::size_t index = 0;
    std::uint64_t begin = 0, end = 0;  // of the image
    bool sent = false;                 // the store has it already: read only for what members still need
    std::size_t first_entry = 0, last_entry = 0;  // entries with a byte in it: [first, last)
    Buffer buffer;
    std::vector<TileRead> reads;     // in the order of the image
    std::vector<FailedRead> failed;  // of those
    // Strong versions of what the first and the last read saw; empty: it failed. The members between them lie
    // in this tile alone.
    std::string first_version, last_version;
    [[nodiscard]] std::span<std::byte> bytes() const {
        return {buffer.get(), static_cast<std::size_t>(end - begin)};
    }
};

// The stretch of `tile` that [begin, end) of the image covers; empty where they do not meet.
[[nodiscard]] std::span<std::byte> stretch(const Tile& tile, std::uint64_t begin, std::uint64_t end);

// Sets entries and reads of a tile whose range and buffer are set. Files of entries before `finished` are
// read only where the tile still has to be sent.
void plan_reads(const format::MemberTable& table, std::size_t finished, Tile& tile);

// Strong versions of entries that reach over the end of a tile: what later reads of them are held against.
using SpanningVersions = std::map<std::size_t, std::string>;

// Reads of one batch: a tile can hold a hundred thousand files, and a store::Read is large.
inline constexpr std::size_t kReadsAtOnce = 4096;
// Does what was planned, in batches.
void read_tile(store::Store& source, const format::MemberTable& table, const SpanningVersions& versions,
               Tile& tile, const std::stop_token& stop);

// Whether a member that earlier tiles hold a part of was read in another version here, which no store can
// know where tiles are read side by side: it fails as changed.
void check_versions(const format::MemberTable& table, const SpanningVersions& versions, Tile& tile);

// The entry that was read and reaches beyond the tile's end; its version is the tile's last_version.
[[nodiscard]] std::optional<std::size_t> spanning_entry(const format::MemberTable& table, const Tile& tile);

}  // namespace haul::pack
