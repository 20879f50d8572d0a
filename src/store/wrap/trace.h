// Counts what goes through a store, and tells it call by call where somebody listens.
//
// Counters may be read at any time from any thread, also after the store is gone.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/json.h"
#include "store/wrap/forward.h"

namespace haul::store::wrap {

using Count = std::atomic<std::uint64_t>;

// Items of batches, not calls, unless said; bytes only of items that succeeded.
struct Counters {
    Count listings = 0, pages = 0, objects_listed = 0;
    Count stats = 0;
    Count read_calls = 0, reads = 0, reads_failed = 0, bytes_read = 0;
    Count write_calls = 0, writes = 0, writes_failed = 0, bytes_written = 0;
    Count uploads_opened = 0, uploads_resumed = 0;
    Count pieces_put = 0, pieces_failed = 0, bytes_put = 0;
    Count pieces_copied = 0, bytes_copied = 0;
    Count flushes = 0, finishes = 0, aborts = 0;
    Count removes = 0, removes_failed = 0;
};
// Every counter by its name above.
[[nodiscard]] json::Ordered to_json(const Counters& counters);

class TraceStore final : public ForwardingStore {
  public:
    // Gets one line a call: "read_many 12 items 340000 bytes, 0 failed". May be empty.
    using Listener = std::function<void(const std::string& line)>;
    TraceStore(std::unique_ptr<Store> target, std::shared_ptr<Counters> counters, Listener listener = {})
        : ForwardingStore(std::move(target)),
          counters_(std::move(counters)),
          listener_(std::move(listener)) {}

    [[nodiscard]] Result<std::unique_ptr<Listing>> list(const ListRequest& request) override;
    [[nodiscard]] Result<Stat> stat(const StatRequest& request) override;
    void read_many(std::span<Read> reads, const std::stop_token& stop) override;
    void write_many(std::span<Write> writes, const WriteOptions& options,
                    const std::stop_token& stop) override;
    [[nodiscard]] Result<std::unique_ptr<Upload>> open_upload(const UploadRequest& request) override;
    void remove_many(std::span<Remove> removes, const std::stop_token& stop) override;

  private:
    std::shared_ptr<Counters> counters_;
    Listener listener_;
};

}  // namespace haul::store::wrap
