// Reads the tiles of a part ahead of the one that is being sealed, in order, on a thread of its own.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/result.h"
#include "flow/pack/tile.h"

namespace haul::pack {

struct ReadPlan {
    std::uint64_t tile_size = 0;
    std::size_t first_tile = 0;
    std::size_t finished = 0;  // entries before this one need no digest any more
    std::vector<bool> sent;    // tiles that the store has
    SpanningVersions versions;
};

class TileReader {
  public:
    // All references outlive the reader.
    TileReader(store::Store& source, const format::MemberTable& table, BufferPool& pool, ReadPlan plan,
               std::stop_token stop);
    ~TileReader();  // stops reading and joins
    TileReader(const TileReader&) = delete;
    TileReader& operator=(const TileReader&) = delete;
    // The next tile, its reads done, each with its own result; tiles that are sent and that nobody needs are
    // passed over. nullopt behind the last. Code::interrupted when stopped.
    [[nodiscard]] Result<std::optional<Tile>> next();

  private:
    void read_all(const std::stop_token& stop);
    [[nodiscard]] bool read_one(std::size_t index, const std::stop_token& stop);
    void remember_versions(const Tile& tile);

    store::Store& source_;
    const format::MemberTable& table_;
    BufferPool& pool_;
    ReadPlan plan_;
    std::stop_token outer_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::deque<Tile> ready_;
    bool ended_ = false;
    std::jthread thread_;
    std::stop_callback<std::function<void()>> forward_;
};

}  // namespace haul::pack
