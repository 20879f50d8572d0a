// Reads the tiles of a part ahead of the one that is being sealed, on threads of its own: one from a local
// store, several from a service. They are handed out in order.
//
// A member that spans tiles is read conditional on the version that its first tile saw, where that is known
// already, else on the listed one; what was seen is compared once more when the tile is handed out.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
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
    unsigned threads = 1;  // tiles read at a time, as far as the pool has buffers
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
    // passed over. nullopt behind the last. Code::interrupted when stopped, or when `until` ended the wait.
    [[nodiscard]] Result<std::optional<Tile>> next(const std::stop_token& until = {});

  private:
    void read_all(const std::stop_token& stop);
    [[nodiscard]] bool read_one(const std::stop_token& stop);
    [[nodiscard]] std::optional<Tile> begin_next(const std::stop_token& stop);
    [[nodiscard]] bool is_needed(std::size_t index) const;
    [[nodiscard]] SpanningVersions versions_of(const Tile& tile);

    store::Store& source_;
    const format::MemberTable& table_;
    BufferPool& pool_;
    const ReadPlan plan_;
    std::size_t tiles_ = 0;
    std::stop_token outer_;
    std::stop_source stop_;
    // Whose turn it is, held while a thread waits for a buffer: an earlier tile never waits for one that a
    // later tile has.
    std::mutex turn_;
    std::size_t next_index_ = 0;
    std::size_t begun_ = 0;  // how many tiles were begun: the place of the next one in the order
    std::mutex mutex_;       // guards what follows
    std::condition_variable_any changed_;
    std::map<std::size_t, Tile> ready_;  // by place
    std::size_t handed_out_ = 0;
    unsigned reading_ = 0;   // threads
    SpanningVersions read_;  // of what was read, handed out or not
    SpanningVersions seen_;  // of what was handed out
    std::vector<std::jthread> threads_;
    std::stop_callback<std::function<void()>> forward_;
};

}  // namespace haul::pack
