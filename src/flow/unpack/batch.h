// Unpacks a batch of small members: one ranged read, contents checked, one write_many. One thread, and one of
// its own where it reads ahead.
#pragma once

#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

#include "base/result.h"
#include "engine/engine.h"
#include "flow/unpack/outcome_log.h"
#include "flow/unpack/placing.h"
#include "flow/unpack/work.h"

namespace haul::unpack {

class Batch {
  public:
    Batch(Work& work, std::string archive, digest::Algorithm algorithm, OwnPaths& own, OutcomeLog& log,
          std::int64_t unit);
    // Whether the item still fits; an empty batch takes any small one.
    [[nodiscard]] bool takes(const Item& item) const;
    void add(Item item);
    [[nodiscard]] bool empty() const { return items_.empty(); }
    [[nodiscard]] std::uint64_t disk_size() const;  // of all that was added
    // From now on the archive is read in the background; add nothing more before write().
    void read_ahead();
    // Reads where that was not begun, checks, writes and clears. `first`: index of the first item, names the
    // batch. `look`: at what is there before anything is written.
    [[nodiscard]] Status write(std::size_t first, bool look);
    // Gives back the memory that is kept for the next write().
    void release();

  private:
    [[nodiscard]] Status read();
    [[nodiscard]] Status put(std::size_t first, bool look);
    [[nodiscard]] std::span<std::byte> stretch_of(const Item& item);
    [[nodiscard]] Result<std::span<const std::byte>> contents(const Item& item);
    [[nodiscard]] Result<std::span<const std::byte>> contents_read_again(const Item& item);
    [[nodiscard]] Status plan_writes(bool look);
    void plan(std::size_t item, std::span<const std::byte> bytes);
    [[nodiscard]] std::vector<Result<Existing>> look_at_planned(bool look);
    [[nodiscard]] Status keep_what_is_to_be_written(bool look);
    [[nodiscard]] Status settle_all();

    Work& work_;
    std::string archive_;
    digest::Algorithm algorithm_;
    OwnPaths& own_;
    OutcomeLog& log_;
    std::int64_t unit_;
    std::vector<Item> items_;
    std::uint64_t contents_size_ = 0;
    std::vector<std::byte> bytes_;                  // of the archive, from the first item's begin
    std::vector<std::vector<std::byte>> inflated_;  // contents of deflated items
    std::vector<store::Write> writes_;
    std::vector<std::size_t> write_item_;
    Status read_result_;
    std::jthread reader_;  // behind what it fills
};

// Code::corrupt where the contents are not what manifest or directory say.
[[nodiscard]] Status check_contents(const Item& item, std::uint32_t crc32, const std::string& digest);

}  // namespace haul::unpack
