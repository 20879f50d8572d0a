// Tries again what failed for a passing reason (Retry::later): of a batch only the failed items.
//
// A lost reply is resolved by looking: where a conditional write that failed before now meets an object, and
// that object holds exactly our bytes, it is ours and done; the same for Upload::finish, by size and CRC-32
// (read back where the store keeps no checksum). All other errors pass through at once. Uploads and listings
// must not outlive the store.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "store/wrap/forward.h"
#include "store/wrap/retry_budget.h"

namespace haul::store::wrap {

class RetryStore final : public ForwardingStore {
  public:
    RetryStore(std::unique_ptr<Store> target, RetryOptions options)
        : ForwardingStore(std::move(target)),
          budget_(std::move(options), [this] { return this->target().capabilities().last_sign_of_life; }) {}

    [[nodiscard]] Result<std::unique_ptr<Listing>> list(const ListRequest& request) override;
    [[nodiscard]] Result<Stat> stat(const StatRequest& request) override;
    void read_many(std::span<Read> reads, const std::stop_token& stop) override;
    void write_many(std::span<Write> writes, const WriteOptions& options,
                    const std::stop_token& stop) override;
    [[nodiscard]] Result<std::unique_ptr<Upload>> open_upload(const UploadRequest& request) override;
    [[nodiscard]] Result<std::vector<PendingUpload>> uploads_of(const std::string& name) override;
    void remove_many(std::span<Remove> removes, const std::stop_token& stop) override;

  private:
    void resolve_lost_reply(Write& write, const std::stop_token& stop);

    RetryBudget budget_;
};

}  // namespace haul::store::wrap
