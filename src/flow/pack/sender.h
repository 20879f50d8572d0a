// Sends sealed tiles as the pieces of one upload, several at a time, while the next ones are read and sealed.
//
// With 0 threads submit() sends itself and returns when that is done. A tile's buffer goes back to its pool
// when its put is over. Belongs to one thread, which the threads it starts do not count as.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <stop_token>
#include <thread>
#include <vector>

#include "base/result.h"
#include "flow/pack/tile.h"
#include "store/store.h"

namespace haul::pack {

struct SentPiece {
    std::size_t index = 0;  // of the tile
    std::uint64_t size = 0;
    std::uint32_t crc32 = 0;
};

class Sender {
  public:
    // Asked before each put: an error keeps it from being sent and is its result.
    using Gate = std::function<Status()>;
    // `upload` outlives the sender. `stop` ends puts under way with Code::interrupted.
    Sender(store::Upload& upload, unsigned threads, Gate gate, std::stop_token stop);
    ~Sender();  // what is queued is not sent; what is under way is ended and waited for
    Sender(const Sender&) = delete;
    Sender& operator=(const Sender&) = delete;

    // Tiles not sent yet, in the order in which they are to begin. After a put failed nothing more is sent:
    // they are dropped, and collect() says why.
    void submit(std::vector<Tile> tiles);

    // Appends what the store has taken since the last call. Once a put failed: waits for those under way, and
    // returns the error of the first piece in the image that failed.
    [[nodiscard]] Status collect(std::vector<SentPiece>& sent);
    // Nothing is queued or under way.
    [[nodiscard]] bool idle() const;
    // Until there is something to collect, or nothing is queued or under way, or `until` is requested.
    void wait(const std::stop_token& until);
    // Nothing more begins; waits for what is under way.
    void settle();
    // Tiles from `index` on will be sent again with other contents: those queued are dropped, those under way
    // waited for; those that came there count as never sent. An error stays one. Afterwards none of them can
    // reach the store any more.
    void discard_from(std::size_t index);

  private:
    void work(const std::stop_token& stop);
    void put(std::span<const Tile> tiles, const std::stop_token& stop);
    [[nodiscard]] bool done_from(std::size_t index) const;

    store::Upload& upload_;
    Gate gate_;
    std::stop_source stop_;
    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    std::deque<Tile> queue_;
    std::set<std::size_t> under_way_;
    std::vector<SentPiece> sent_;
    std::map<std::size_t, Error> failed_;
    std::vector<std::jthread> threads_;
    std::stop_callback<std::function<void()>> forward_;
};

}  // namespace haul::pack
