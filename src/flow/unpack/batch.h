// Unpacks a batch of small members: one ranged read, contents checked, one write_many. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/result.h"
#include "engine/engine.h"
#include "flow/unpack/outcome_log.h"
#include "flow/unpack/placing.h"
#include "flow/unpack/work.h"

namespace haul::unpack {

// Members up to this size go in batches; larger ones are streamed, one by one.
inline constexpr std::uint64_t kSmall = 8ULL << 20U;

// Bytes of archive, and of contents, that one batch holds at most.
[[nodiscard]] std::uint64_t batch_bytes(const Request& request);

class Batch {
  public:
    Batch(Work& work, std::string archive, digest::Algorithm algorithm, OwnPaths& own, OutcomeLog& log,
          std::int64_t unit);
    // Whether the item still fits; an empty batch takes any small one.
    [[nodiscard]] bool takes(const Item& item) const;
    void add(Item item);
    [[nodiscard]] bool empty() const { return items_.empty(); }
    [[nodiscard]] std::uint64_t disk_size() const;  // of all that was added
    // Reads, checks, writes and clears. `first`: index of the first item, names the batch. `look`: at what is
    // there before anything is written.
    [[nodiscard]] Status write(std::size_t first, bool look);

  private:
    [[nodiscard]] Status read();
    [[nodiscard]] Status put(std::size_t first, bool look);
    [[nodiscard]] Result<std::span<const std::byte>> contents(const Item& item);
    [[nodiscard]] Status plan_writes(bool look);
    [[nodiscard]] Status settle(const Item& item, store::Write& write);
    void apply(const Existing& existing, const Item& item, const std::string& name);

    Work& work_;
    std::string archive_;
    digest::Algorithm algorithm_;
    OwnPaths& own_;
    OutcomeLog& log_;
    std::int64_t unit_;
    std::uint64_t most_bytes_;
    std::vector<Item> items_;
    std::uint64_t contents_size_ = 0;
    std::vector<std::byte> bytes_;                  // of the archive, from the first item's begin
    std::vector<std::vector<std::byte>> inflated_;  // contents of deflated items
    std::vector<store::Write> writes_;
    std::vector<std::size_t> write_item_;
};

// Code::corrupt where the contents are not what manifest or directory say.
[[nodiscard]] Status check_contents(const Item& item, std::uint32_t crc32, const std::string& digest);

}  // namespace haul::unpack
